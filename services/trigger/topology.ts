import type { Hash } from '#lib/flow/ports';
import { type FoldTopology, foldTopology } from '#lib/flow/topology';
import type { CompileModel } from '#lib/model/model';
import { TOPICS } from '#schemas/topics';
import { createTriggerFold } from '#services/trigger/fold';

export function createTriggerTopology(deps: { readonly hash: Hash; readonly compile: CompileModel }): FoldTopology {
  return foldTopology({
    service: 'trigger',
    input: TOPICS.stages,
    output: TOPICS.triggers,
    sideOutput: { topic: TOPICS.joins, takes: ({ type }) => type === 'JoinAnswer' },
    stateVersion: 3,
    fold: createTriggerFold(deps),
  });
}
