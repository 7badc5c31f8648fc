import { NO_FACTS } from '#lib/facts/facts';
import type { Fold } from '#lib/flow/fold';
import type { Staged, StageMove } from '#schemas/generated/records';
import type { Message } from '#schemas/topics';
import { LEVELS, stageAt } from '#test/bench/kafka-streams/folds/rules';
import type { ScoredRecord } from '#test/bench/kafka-streams/folds/score';

export interface StageState {
  /** Number of the level, 0 below the first. */
  readonly level: number;
  readonly since: number;
}

export type StagedRecord = Message<'Staged', Staged>;

/** Levels with entry and exit: one Staged for each Scored. */
export const stage: Fold<StageState, ScoredRecord, StagedRecord, null> = {
  name: 'bench-stage',
  describe: ({ value }) => ({ key: value.lead_id, seq: value.seq, loggedAt: value.logged_at }),
  keyOf: ({ value }) => value.lead_id,
  initialShared: null,
  broadcast: (shared) => ({ shared, pass: undefined }),
  step(before, { value: scored }, { step }) {
    const { seq, logged_at, lead_id, cause_id, at } = scored;
    const points = scored.score.after;
    const from = before?.level ?? 0;
    const moves: StageMove[] = [];
    let level = from;
    for (let up = LEVELS[level]; up !== undefined && points >= up.enter; up = LEVELS[level]) {
      moves.push({ from_stage: stageAt(level), to_stage: stageAt(level + 1), reason: up.entered, at, ...UNTOLD });
      level++;
    }
    for (let down = LEVELS[level - 1]; down !== undefined && points < down.leave; down = LEVELS[level - 1]) {
      moves.push({ from_stage: stageAt(level), to_stage: stageAt(level - 1), reason: down.left, at, ...UNTOLD });
      level--;
    }
    const state = before !== undefined && level === from ? before : { level, since: at };
    const value: Staged = {
      seq,
      step,
      logged_at,
      lead_id,
      scored,
      cause_id,
      at,
      historic: scored.historic,
      known: scored.activity?.known ?? false,
      stage_before: stageAt(from),
      stage_after: stageAt(level),
      moves,
      score: points,
      story: null,
      due_at: null,
      grade: '',
      score_at: at,
      facts: { ...NO_FACTS, personal: scored.activity?.personal ?? NO_FACTS.personal },
      decisions: null,
    };
    return { state, emit: [{ type: 'Staged', value }] };
  },
  wake: (state) => ({ state, emit: [] }),
};

/** What a stage of this bench does not keep. */
const UNTOLD = { rule: '', from_since: 0, visit: 0 };
