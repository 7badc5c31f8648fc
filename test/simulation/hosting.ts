import type { Random } from '#app/generator/random';
import { createDeciderTask } from '#lib/flow/decider-task';
import { createFoldTask } from '#lib/flow/fold-task';
import type { TopicPartition } from '#lib/flow/position';
import { foldTaskName } from '#lib/flow/start-over';
import type { DeciderTopology, FoldTopology } from '#lib/flow/topology';
import type { HostedTask } from '#test/simulation/workload';

/** Neighbouring folds in one task. */
export type Chain = readonly [FoldTopology, ...FoldTopology[]];

/** Makes the runtime's tasks, with bounds so small that records and decisions are cut anywhere. */
export interface Hosting {
  decider(topology: DeciderTopology, tickEvery: number | undefined): HostedTask;
  /** One task per partition. */
  folds(chain: Chain, linger: number): HostedTask[];
}

export function createHosting(random: Random, partitions: Readonly<Record<string, number>>): Hosting {
  const places = (topic: string): TopicPartition[] =>
    Array.from({ length: partitions[topic] ?? 0 }, (_, partition) => ({ topic, partition }));
  return {
    decider(topology, tickEvery) {
      const inputs = topology.inputs.flatMap(places);
      const maxOutputs = random.whole(1, 6);
      return {
        name: `${topology.service}-0`,
        inputs,
        create: (options) => createDeciderTask({ ...options, topology, shard: 0, inputs, maxOutputs, tickEvery }),
      };
    },
    folds: (chain, linger) =>
      places(chain[0].input).map((input) => {
        const bounds = { maxRecords: random.whole(1, 8), maxSteps: random.whole(1, 10), linger };
        const { partition } = input;
        return {
          name: foldTaskName(chain, partition),
          inputs: [input],
          create: (options) => createFoldTask({ ...options, ...bounds, chain, partition }),
        };
      }),
  };
}
