import { NO_FACTS, NOBODY } from '#lib/facts/facts';
import { asked, stillJoining } from '#lib/model/held';
import type { Decisions, JoinClosed, JoinOpened, ProgramSend, Staged } from '#schemas/generated/records';
import type { JoinMessage } from '#schemas/topics';
import { MOST_OCCURRENCES, withOccurrence } from '#services/trigger/occurrences';
import type { Enrolment, Running, Send, TriggerState } from '#services/trigger/state';

/** What stays of a lead that has ended: what it has entered and been sent. */
export function ended({ entered, joinedEntries, sends, sent }: TriggerState): TriggerState {
  return { entered, joinedEntries, windows: [], facts: NO_FACTS, sends, sent, running: null, closed: 'ended' };
}

/**
 * A lead has told what was decided about it. If it ends, it leaves its programs: they go on with the other. If it goes on, somebody is
 * parted from it: what others have entered counts no more, but where it goes on with it itself, and what came of that was sent to
 * the address alone.
 */
export function leaving(state: TriggerState, join: JoinOpened): TriggerState {
  if (join.ends) return asked({ ...state, running: null }, join);
  const { joinedEntries, entered, running } = state;
  const sends = state.sends?.some(({ joined }) => joined) === true ? state.sends.map(byAddress) : state.sends;
  if (joinedEntries === undefined) return asked({ ...state, sends }, join);
  const own = { ...entered };
  for (const { program, enteredAt } of running?.enrolments ?? []) {
    if (joinedEntries[program] !== undefined) own[program] = Math.max(own[program] ?? 0, enteredAt);
  }
  const ofOthers = (state.sent ?? []).filter(({ program }) => (joinedEntries[program] ?? 0) > (entered[program] ?? 0));
  return asked({ ...state, entered: own, joinedEntries: undefined, sends: withOccurrences(sends, ofOthers) }, join);
}

function withOccurrences(before: readonly Send[] | undefined, more: readonly Send[]): readonly Send[] | undefined {
  if (more.length === 0) return before;
  return more.reduce<readonly Send[]>(withOccurrence, before ?? []).slice(-MOST_OCCURRENCES);
}

function byAddress({ joined, ...send }: Send): Send {
  return send;
}

/** A lead that goes on has been told that the other knows what was decided about it. */
export function released(state: TriggerState): TriggerState {
  return { ...state, joining: stillJoining(state) };
}

/**
 * A lead, which is at `stage` now, is told what was decided about another. If that is this one now, it goes on with its programs; of
 * one that both are in, with the run that is further on. What somebody else has been sent, it knows by the address.
 */
export function joinedWith(state: TriggerState, { ends, decisions }: JoinClosed, stage: string): TriggerState {
  const told = released(state);
  if (!ends) return { ...told, sends: withSends(state.sends ?? [], decisions.sends, false) };
  // What this lead was sent itself, whoever takes over the other's programs has had, too.
  const own = (state.sent ?? []).reduce<readonly Send[]>(withOccurrence, state.sends ?? []);
  return {
    ...told,
    sends: withSends(own, decisions.sends, true),
    joinedEntries: lastOfBoth(state.joinedEntries, decisions),
    running: furtherOfBoth(state.running, decisions, stage),
  };
}

function lastOfBoth(before: TriggerState['joinedEntries'], { entered }: Decisions): TriggerState['joinedEntries'] {
  if (entered.length === 0) return before;
  const both = { ...before };
  for (const { program, entered_at } of entered) both[program] = Math.max(both[program] ?? 0, entered_at);
  return both;
}

function furtherOfBoth(running: Running | null, { enrolments }: Decisions, stage: string): Running | null {
  if (enrolments.length === 0) return running === null ? null : { ...running, stage };
  const both = new Map(running?.enrolments.map((one) => [one.program, one]));
  for (const { program, model_version, entered_at, cause_id, due_at, ...rest } of enrolments) {
    const own = both.get(program);
    if (own !== undefined && !isFurther(rest, own)) continue;
    both.set(program, {
      ...rest,
      program,
      modelVersion: model_version,
      enteredAt: entered_at,
      causeId: cause_id,
      dueAt: due_at,
    });
  }
  const inOrder = [...both.values()].sort((a, b) => a.enteredAt - b.enteredAt);
  return { stage, enrolments: inOrder };
}

type Run = Pick<Enrolment, 'historic' | 'next'>;

/** One that is only recorded gives way to one that is sent. */
function isFurther(one: Run, other: Run): boolean {
  return one.historic === other.historic ? one.next > other.next : other.historic;
}

/** `ofOne`: both are one person, to whichever address it went. */
function withSends(before: readonly Send[], sends: readonly ProgramSend[], ofOne: boolean): readonly Send[] {
  let all = before;
  for (const { send_id, program, step, at, to } of sends) {
    const email = to?.email ?? undefined;
    all = withOccurrence(all, {
      id: send_id,
      program,
      step,
      occurredAt: at,
      ...(email === undefined ? {} : { to: email }),
      ...(ofOne ? { joined: true } : {}),
    });
  }
  return all.slice(-MOST_OCCURRENCES);
}

/** What was decided about a lead, as the answer to who asks. */
export function answerOf(state: TriggerState, staged: Staged, join: JoinOpened): JoinMessage {
  const { stage, since, heard_at, visits } = staged.decisions ?? NOTHING_DECIDED;
  const decisions: Decisions = {
    stage,
    since,
    heard_at,
    visits,
    entered: entriesOf(state),
    enrolments: (state.running?.enrolments ?? []).map(enrolmentTold),
    sends: (state.sent ?? [])
      .reduce<readonly Send[]>(withOccurrence, state.sends ?? [])
      .slice(-MOST_OCCURRENCES)
      .map(sendTold),
  };
  const { seq: join_seq, logged_at, from_lead_id, into_lead_id } = join;
  return { type: 'JoinAnswer', value: { join_seq, lead_id: from_lead_id, into_lead_id, logged_at, decisions } };
}

/** When each program was entered last, also as others that are this lead now. */
function entriesOf({ entered, joinedEntries = {} }: TriggerState): Decisions['entered'] {
  return [...new Set([...Object.keys(entered), ...Object.keys(joinedEntries)])]
    .sort()
    .map((program) => ({ program, entered_at: Math.max(entered[program] ?? 0, joinedEntries[program] ?? 0) }));
}

const NOTHING_DECIDED = { stage: '', since: 0, heard_at: 0, visits: [] };

function enrolmentTold(one: Enrolment): Decisions['enrolments'][number] {
  const { program, modelVersion, enteredAt, causeId, occasion, historic, next, dueAt } = one;
  const times = { entered_at: enteredAt, due_at: dueAt };
  return { program, model_version: modelVersion, cause_id: causeId, occasion, historic, next, ...times };
}

function sendTold({ id, program, step, occurredAt, to }: Send): ProgramSend {
  return { send_id: id, program, step, at: occurredAt, to: to === undefined ? null : { ...NOBODY, email: to } };
}
