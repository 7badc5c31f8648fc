import type { Scoring, StageLadder } from '#lib/model/model';
import type { StageMove } from '#schemas/generated/records';
import { NOON } from '#test/given/activity';

/** A model's scoring that gives no points, caps nothing, excludes nobody and grades nobody. */
export const NO_SCORING: Scoring = {
  rulesFor: () => [],
  rule: () => undefined,
  rules: [],
  answersFor: () => [],
  groupCap: () => Number.POSITIVE_INFINITY,
  cap: Number.POSITIVE_INFINITY,
  hasCaps: false,
  caps: '',
  excludes: () => undefined,
  isInternal: () => false,
  grading: undefined,
};

/** A ladder on which nobody moves. */
export const NO_LADDER: StageLadder = {
  initial: 'visitor',
  ladder: ['visitor'],
  beside: [],
  moves: [],
  isOwn: () => false,
  thresholds: [],
  patience: new Map(),
};

/** A first move from lead to mql, at noon. */
export function stageMove(over: Partial<StageMove> = {}): StageMove {
  const from_stage = over.from_stage ?? 'lead';
  const to_stage = over.to_stage ?? 'mql';
  return { from_stage, to_stage, reason: 'score 50', at: NOON, rule: to_stage, from_since: 0, visit: 1, ...over };
}
