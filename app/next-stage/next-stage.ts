import type { Deciding, NextStage } from '#app/next-stage/answer';
import { type Judged, type Query, readStageFacts } from '#app/next-stage/facts';
import { tellRequirement } from '#app/next-stage/tell';
import { nextStages } from '#lib/model/missing';

/**
 * The stages that a lead can come to next, the nearest first, and what each move still lacks. Empty at the top of the ladder, where
 * no move leads up, and while the tables do not know the lead.
 */
export async function readNextStages(
  query: Query,
  { stages, scoring }: Deciding,
  judged: Judged,
): Promise<readonly NextStage[]> {
  const facts = await readStageFacts(query, stages, judged);
  if (facts === undefined) return [];
  return nextStages(stages, facts).map(({ stage, moves }) => ({
    stage,
    moves: moves.map(({ id, reason, requirements }) => ({
      move: id,
      reason,
      conditions: requirements.map((requirement) => tellRequirement(requirement, facts, scoring)),
    })),
  }));
}
