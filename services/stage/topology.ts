import { type FoldTopology, foldTopology } from '#lib/flow/topology';
import type { CompileModel } from '#lib/model/model';
import { TOPICS } from '#schemas/topics';
import { createStageFold } from '#services/stage/fold';

/** stage: lead.scores → lead.stages */
export function createStageTopology(ports: { readonly compile: CompileModel }): FoldTopology {
  return foldTopology({
    service: 'stage',
    input: TOPICS.scores,
    output: TOPICS.stages,
    stateVersion: 5,
    fold: createStageFold(ports),
  });
}
