import { NOTHING_KNOWN } from '#lib/facts/facts';
import type { Fold, Step } from '#lib/flow/fold';
import type { Scored } from '#schemas/generated/records';
import type { Message } from '#schemas/topics';
import { decayed, MODEL, POINTS, rounded } from '#test/bench/kafka-streams/folds/rules';
import type { ActivityRecord } from '#test/bench/kafka-streams/input/activities';

export interface ScoreState {
  /** Points at `at`. */
  readonly score: number;
  readonly at: number;
  readonly count: number;
}

export type ScoredRecord = Message<'Scored', Scored>;

const about = {
  name: 'bench-score',
  describe: ({ value }: ActivityRecord) => ({ key: value.lead_id, seq: value.seq, loggedAt: value.logged_at }),
  keyOf: ({ value }: ScoredRecord) => value.lead_id,
  initialShared: null,
  broadcast: (shared: null) => ({ shared, pass: undefined }),
  wake: (state: ScoreState): Step<ScoreState, never> => ({ state, emit: [] }),
};

/** Score, time and count of each lead, and nothing else. */
export const stateOnly: Fold<ScoreState, ActivityRecord, ScoredRecord, null> = {
  ...about,
  step: (state, { value }) => ({ state: next(state, value.name, value.occurred_at).state, emit: [] }),
};

/** The same with one Scored for each Activity. */
export const score: Fold<ScoreState, ActivityRecord, ScoredRecord, null> = {
  ...about,
  step(before, { value: activity }, { step }) {
    const { seq, logged_at, lead_id, event_id, occurred_at } = activity;
    const { state, old, points } = next(before, activity.name, occurred_at);
    const reason = {
      event_id,
      rule: activity.name,
      model_version: MODEL,
      occurred_at,
      raw: points,
      points,
      capped: 0,
    };
    const value: Scored = {
      seq,
      step,
      logged_at,
      lead_id,
      cause: 'activity',
      cause_id: event_id,
      at: logged_at,
      historic: false,
      activity,
      moved_out: null,
      merged: null,
      score: { at: occurred_at, before: old, after: state.score, added: [reason], removed: [], reasons: [reason] },
      due_at: null,
      grade: '',
      disqualified: null,
      excluded: null,
      ...NOTHING_KNOWN,
    };
    return { state, emit: [{ type: 'Scored', value }] };
  },
};

function next(
  before: ScoreState | undefined,
  name: string,
  at: number,
): { readonly state: ScoreState; readonly old: number; readonly points: number } {
  const points = POINTS.get(name) ?? 0;
  const old = before === undefined ? 0 : rounded(decayed(before.score, at - before.at));
  return { state: { score: rounded(old + points), at, count: (before?.count ?? 0) + 1 }, old, points };
}
