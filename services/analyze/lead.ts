import type { Hash } from '#lib/flow/ports';
import type { Change, TableReader } from '#lib/flow/store';
import type { Staged } from '#schemas/generated/records';
import {
  forgetAll,
  type History,
  type HistoryChange,
  NO_HISTORY,
  withActivity,
  withoutActivity,
} from '#services/analyze/history';
import { dayOf, type Reached, reach } from '#services/analyze/ladder';

/** A lead or visitor as analysts see it. One without activities is kept until it is merged, but not shown or counted. */
export interface LeadState {
  readonly known: boolean;
  readonly email: string;
  /** Points at `scoreAt`, ms since 1970 UTC. */
  readonly score: number;
  readonly scoreAt: number;
  readonly stage: string;
  readonly stageSince: number;
  readonly reached: readonly Reached[];
  readonly history: History;
}

export interface LeadChange {
  readonly lead: LeadState | undefined;
  readonly items: readonly Change[];
}

/** What a record of lead.stages makes of its lead. Only an activity makes a new one. */
export function evolveLead(lead: LeadState | undefined, staged: Staged, items: TableReader, hash: Hash): LeadChange {
  if (staged.stage_after === '') return { lead: undefined, items: lead === undefined ? [] : forgetAll(items) };
  const change = historyChange(lead?.history ?? NO_HISTORY, staged, items, hash);
  if (lead === undefined && change.history.activities === 0) return { lead: undefined, items: [] };
  return {
    lead: {
      known: staged.known,
      email: staged.personal.email ?? lead?.email ?? '',
      score: staged.score,
      scoreAt: staged.at,
      stage: staged.stage_after,
      stageSince: staged.moves.at(-1)?.at ?? lead?.stageSince ?? staged.at,
      reached: reachedAfter(lead?.reached ?? [], staged),
      history: change.history,
    },
    items: change.items,
  };
}

/** Whether a lead is shown and counted. */
export function isPresent(lead: LeadState | undefined): lead is LeadState {
  return lead !== undefined && lead.history.activities > 0;
}

function historyChange(history: History, { scored }: Staged, items: TableReader, hash: Hash): HistoryChange {
  const none = { history, items: [] };
  if (scored === null) return none;
  if (scored.activity !== null) return withActivity(history, scored.activity, hash);
  if (scored.moved_out !== null) return withoutActivity(history, scored.moved_out, items, hash) ?? none;
  return none;
}

function reachedAfter(
  before: readonly Reached[],
  { stage_before, stage_after, moves, at }: Staged,
): readonly Reached[] {
  const passed = [
    { stage: stage_before, at },
    ...moves.flatMap((move) => [
      { stage: move.from_stage, at: move.at },
      { stage: move.to_stage, at: move.at },
    ]),
    { stage: stage_after, at },
  ];
  return passed.reduce(
    (reached, { stage, at: time }) => (stage === '' ? reached : reach(reached, stage, dayOf(time))),
    before,
  );
}
