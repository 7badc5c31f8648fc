import type { Log } from '#lib/flow/log';
import { START } from '#lib/flow/position';
import type { OpenStore } from '#lib/flow/store';
import type { FoldTopology } from '#lib/flow/topology';

/**
 * Sets the tasks of a fold that only writes rows back to the beginning of its input: its database is new or was lost. Safe
 * to do again after a crash. Never for a fold that writes a topic: it would send everything again.
 */
export async function startOver(topology: FoldTopology, log: Log, openStore: OpenStore): Promise<void> {
  if (topology.output !== undefined)
    throw new Error(`${topology.service} writes ${topology.output}: it cannot start over`);
  for (let partition = 0; partition < log.partitions(topology.input); partition++) {
    const name = foldTaskName([topology], partition);
    const store = await openStore(name);
    await store.clear();
    await store.close();
    const task = await log.open(name);
    await task.commit([], [{ topic: topology.input, partition, position: START }]);
    await task.close();
  }
}

/** service-partition, of a fold or a chain of folds: the name under which its task is fenced. */
export function foldTaskName(chain: readonly FoldTopology[], partition: number): string {
  return `${chain.map(({ service }) => service).join('+')}-${partition}`;
}
