import type { Hash } from '#lib/flow/ports';
import type { Change, TableReader } from '#lib/flow/store';
import type { DecaySum, Staged } from '#schemas/generated/records';
import {
  forgetAll,
  type History,
  type HistoryChange,
  NO_HISTORY,
  withActivity,
  withoutActivity,
} from '#services/analyze/history';
import { dayOf, type Reached, reach } from '#services/analyze/ladder';

/** A lead or visitor as analysts see it. One without activities that count is kept until it is merged, but not shown or counted. */
export interface LeadState {
  readonly known: boolean;
  readonly email: string;
  /** Points at `scoreAt`, ms since 1970 UTC. */
  readonly score: number;
  readonly scoreAt: number;
  /** What the points at `scoreAt` fade to until `validUntil` (ms, exclusive; null: for ever). */
  readonly fading: readonly DecaySum[];
  readonly validUntil: number | null;
  readonly stage: string;
  readonly stageSince: number;
  readonly reached: readonly Reached[];
  readonly history: History;
}

export interface LeadChange {
  readonly lead: LeadState | undefined;
  readonly items: readonly Change[];
}

const NONE: readonly Change[] = [];

/** What a record of lead.stages makes of its lead. Only an activity that counts makes a new one. */
export function evolveLead(lead: LeadState | undefined, staged: Staged, items: TableReader, hash: Hash): LeadChange {
  if (staged.stage_after === '') {
    return { lead: undefined, items: lead === undefined ? NONE : forgetAll(lead.history, items) };
  }
  const change = historyChange(lead?.history ?? NO_HISTORY, staged, items, hash);
  const history = change?.history ?? lead?.history;
  if (history === undefined) return { lead: undefined, items: NONE };
  return {
    lead: {
      known: staged.known,
      email: staged.facts?.personal.email ?? lead?.email ?? '',
      ...scoreAfter(lead, staged),
      stage: staged.stage_after,
      stageSince: staged.moves.at(-1)?.at ?? lead?.stageSince ?? staged.at,
      reached: reachedAfter(lead?.reached ?? [], staged),
      history,
    },
    items: change?.items ?? NONE,
  };
}

/** As score last said it, with the time that it is of: what stage does of its own accord says nothing new of it. */
function scoreAfter(
  lead: LeadState | undefined,
  { scored, at }: Staged,
): Pick<LeadState, 'score' | 'scoreAt' | 'fading' | 'validUntil'> {
  if (scored !== null) {
    const { score, fading, valid_until } = scored;
    return { score: score.after, scoreAt: score.at, fading, validUntil: valid_until };
  }
  const { score = 0, scoreAt = at, fading = [], validUntil = null } = lead ?? {};
  return { score, scoreAt, fading, validUntil };
}

/** Whether a lead is shown and counted. */
export function isPresent(lead: LeadState | undefined): lead is LeadState {
  return lead !== undefined && lead.history.activities > 0;
}

/** undefined: the history stays. An excluded activity is none of it, so nothing is taken back when one moves out. */
function historyChange(
  history: History,
  { scored }: Staged,
  items: TableReader,
  hash: Hash,
): HistoryChange | undefined {
  if (scored === null) return undefined;
  if (scored.activity !== null) {
    return scored.excluded === null ? withActivity(history, scored.activity, hash) : undefined;
  }
  return scored.moved_out === null ? undefined : withoutActivity(history, scored.moved_out, items, hash);
}

function reachedAfter(
  before: readonly Reached[],
  { stage_before, stage_after, moves, at }: Staged,
): readonly Reached[] {
  let reached = stage_before === '' ? before : reach(before, stage_before, dayOf(at));
  for (const move of moves) {
    const day = dayOf(move.at);
    if (move.from_stage !== '') reached = reach(reached, move.from_stage, day);
    if (move.to_stage !== '') reached = reach(reached, move.to_stage, day);
  }
  return reach(reached, stage_after, dayOf(at));
}
