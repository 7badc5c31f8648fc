import type { Hash } from '#lib/flow/ports';
import { type FoldTopology, foldTopology } from '#lib/flow/topology';
import type { CompileModel } from '#lib/model/model';
import { TOPICS } from '#schemas/topics';
import { createScoreFold } from '#services/score/fold';

/** score: lead.activity → lead.scores */
export function createScoreTopology(ports: {
  readonly compile: CompileModel;
  readonly hash: Hash;
  readonly kept?: number;
}): FoldTopology {
  return foldTopology({
    service: 'score',
    input: TOPICS.activity,
    output: TOPICS.scores,
    fold: createScoreFold(ports),
    stateVersion: 3,
  });
}
