import type { Change, TableReader } from '#lib/flow/store';
import type { Decisions, JoinAnswer, JoinAnswered, JoinClosed, JoinOpened } from '#schemas/generated/records';
import type { Identity } from '#services/identify/identity';
import { leadOfId } from '#services/identify/ids';
import { leadOf, membersOf } from '#services/identify/people';
import { aliasKey, aliasOf } from '#services/identify/state';

/**
 * A lead loses userIds or emails to another. What was decided about it goes on to that other: it is asked for it
 * (JoinOpened) before anything moves, and the other is told (JoinClosed) after all has moved. Meanwhile the event that
 * brings it waits, and so does whoever it concerns.
 */
export interface Join {
  readonly from: string;
  readonly into: string;
  /** The lead that is asked ends, and is the other from then on. */
  readonly ends: boolean;
  /** It goes on: it is told, too, when the join is over, and decides nothing until then. */
  readonly goesOn: boolean;
}

/** A join that an event has opened. */
interface OpenJoin {
  /** Number of the JoinOpened that asks. */
  readonly seq: number;
  /** The answer; absent: none has come. */
  readonly decisions?: Decisions;
}

/** A join that has its answer. */
export interface Answered extends Join {
  readonly seq: number;
  readonly decisions: Decisions;
}

const JOINS = 'join.';

const joinKey = (from: string, into: string) => `${JOINS}${from}:${into}`;

function openJoin(state: TableReader, from: string, into: string): OpenJoin | undefined {
  return state.get(joinKey(from, into)) as OpenJoin | undefined;
}

/**
 * The joins that an event brings, always in the same order. Of one lead that ends and loses to several, it ends in the one that its id
 * leads to, who is told first; the others are told as by somebody who goes on.
 */
export function joinsOf({ after, left }: Identity): readonly Join[] {
  const joins = new Map<string, Join>();
  for (const [strong, from] of left) {
    const into = leadOf(after, strong) ?? from;
    const key = joinKey(from, into);
    if (joins.has(key)) continue;
    const goesOn = !isLeft(after, from);
    joins.set(key, { from, into, goesOn, ends: !goesOn && leadOfId(after, from) === into });
  }
  return [...joins.values()].sort((a, b) => Number(b.ends) - Number(a.ends));
}

/** Whether a lead has nobody left: no userId and no email. That, and nothing else, ends it. */
export function isLeft(after: TableReader, lead: string): boolean {
  for (const _ of membersOf(after, lead)) return false;
  return true;
}

/** Which of the joins are still to be opened, which have no answer (those to be opened too), and those that have theirs. */
export function progressOf(
  state: TableReader,
  joins: readonly Join[],
): {
  readonly unopened: readonly Join[];
  readonly unanswered: readonly Join[];
  readonly answered: readonly Answered[];
} {
  const unopened: Join[] = [];
  const unanswered: Join[] = [];
  const answered: Answered[] = [];
  for (const join of joins) {
    const open = openJoin(state, join.from, join.into);
    if (open === undefined) unopened.push(join);
    if (open?.decisions === undefined) unanswered.push(join);
    else answered.push({ ...join, seq: open.seq, decisions: open.decisions });
  }
  return { unopened, unanswered, answered };
}

/** Whether somebody waits for this answer. One that was heard already, or that nobody asked for, says nothing. */
export function isAwaited(state: TableReader, { lead_id, into_lead_id, join_seq }: JoinAnswer): boolean {
  const open = openJoin(state, lead_id, into_lead_id);
  return open !== undefined && open.seq === join_seq && open.decisions === undefined;
}

/** It is written to both leads; the copy of the one that is asked opens it. The other is there from now on, if it had ended. */
export function openedChanges(state: TableReader, opened: JoinOpened): readonly Change[] {
  const { seq, lead_id, from_lead_id, into_lead_id } = opened;
  if (lead_id !== from_lead_id)
    return aliasOf(state, lead_id) === undefined ? [] : [{ key: aliasKey(lead_id), value: undefined }];
  const open: OpenJoin = { seq };
  return [{ key: joinKey(from_lead_id, into_lead_id), value: open }];
}

export function answeredChanges(state: TableReader, answered: JoinAnswered): readonly Change[] {
  const { lead_id, into_lead_id, decisions } = answered;
  const open = openJoin(state, lead_id, into_lead_id);
  return open === undefined ? [] : [{ key: joinKey(lead_id, into_lead_id), value: { ...open, decisions } }];
}

/** The copy of the lead that is told closes it. */
export function closedChanges({ from_lead_id, lead_id }: JoinClosed): readonly Change[] {
  return lead_id === from_lead_id ? [] : [{ key: joinKey(from_lead_id, lead_id), value: undefined }];
}
