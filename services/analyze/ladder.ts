import type { TableRow } from '#lib/clickhouse/row';
import type { Hash } from '#lib/flow/ports';
import type { Model, StageLadder } from '#lib/model/model';
import type { ModelApplied } from '#schemas/generated/records';

/** Names of the stages from the bottom to the top, as the model in force has them. Stages beside the ladder are not in it. */
export type Ladder = StageLadder['ladder'];

/** The first time that a lead was in a stage, or in a later one of the ladder. */
export interface Reached {
  readonly stage: string;
  /** Days since 1970-01-01 UTC. */
  readonly day: number;
}

/**
 * Marks a stage as reached, and with it the stages of the ladder below it; the first time counts. A stage that the ladder
 * does not have is marked alone. What was reached under an earlier ladder stays.
 */
export function reach(reached: readonly Reached[], stage: string, day: number, ladder: Ladder): readonly Reached[] {
  if (hasReached(reached, stage)) return reached;
  const rung = ladder.indexOf(stage);
  const stages = rung < 0 ? [stage] : ladder.slice(0, rung + 1);
  const fresh = stages.filter((one) => !hasReached(reached, one));
  return [...reached, ...fresh.map((one) => ({ stage: one, day }))];
}

/** What analyze knows of the model in force. */
export interface Governing {
  readonly ladder: Ladder;
  /** What its caps depend on, as a hash; empty: it has none. */
  readonly caps: string;
}

export const NOTHING_GOVERNS: Governing = { ladder: [], caps: '' };

/** Characters of a hash that tell caps apart. */
const CAPS_LENGTH = 12;

export function governing({ stages, scoring }: Pick<Model, 'stages' | 'scoring'>, hash: Hash): Governing {
  return { ladder: stages.ladder, caps: scoring.caps === '' ? '' : hash(scoring.caps).slice(0, CAPS_LENGTH) };
}

/** The row of a model's stages and caps. A model that comes into force again gets a newer version of its row. */
export function ladderRow(
  { model_version, logged_at, seq }: ModelApplied,
  { beside }: Pick<StageLadder, 'beside'>,
  { ladder, caps }: Governing,
): TableRow {
  return { table: 'ladders_rows', key: model_version, row: { model_version, logged_at, ladder, beside, caps, seq } };
}

function hasReached(reached: readonly Reached[], stage: string): boolean {
  for (const one of reached) if (one.stage === stage) return true;
  return false;
}

/** The UTC day of a time, in days since 1970-01-01. */
export function dayOf(time: number): number {
  return Math.floor(time / 86_400_000);
}
