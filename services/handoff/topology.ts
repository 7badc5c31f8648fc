import type { Hash } from '#lib/flow/ports';
import { type DeciderTopology, deciderTopology } from '#lib/flow/topology';
import type { CompileModel } from '#lib/model/model';
import { TOPICS } from '#schemas/topics';
import { createHandoffDecider } from '#services/handoff/decide';

export function createHandoffTopology(deps: { readonly hash: Hash; readonly compile: CompileModel }): DeciderTopology {
  return deciderTopology({
    service: 'handoff',
    inputs: [TOPICS.stages],
    outputs: [TOPICS.handoffs],
    sideOutputs: [],
    decider: createHandoffDecider(deps),
  });
}
