import { FlowError } from '#lib/flow/errors';
import type { Log } from '#lib/flow/log';
import { START, type TopicPartition } from '#lib/flow/position';
import type { OpenStore } from '#lib/flow/store';
import type { FoldTopology } from '#lib/flow/topology';

/**
 * Sets the tasks of a fold that only writes rows back to the beginning of its input: its database is new or was lost. Safe
 * to do again after a crash, and by several instances at once. Never for a fold that writes a topic: it would send everything again.
 */
export async function startOver(topology: FoldTopology, log: Log, openStore: OpenStore): Promise<void> {
  if (topology.output !== undefined)
    throw new Error(`${topology.service} writes ${topology.output}: it cannot start over`);
  async function startPartitionOver(partition: number): Promise<void> {
    const name = foldTaskName([topology], partition);
    const store = await openStore(name);
    await store.clear();
    await store.close();
    while (!(await commitStart(log, name, { topic: topology.input, partition }))) {
      // Another instance has opened the task meanwhile. It may do the same, or go on from the old position: only a commit tells.
    }
  }

  await Promise.all(
    Array.from({ length: log.partitions(topology.input) }, (_, partition) => startPartitionOver(partition)),
  );
}

/** Whether it was committed: not if another has opened the task meanwhile. */
async function commitStart(log: Log, name: string, input: TopicPartition): Promise<boolean> {
  const task = await log.open(name);
  try {
    await task.commit([], [{ ...input, position: START }]);
    return true;
  } catch (error) {
    if (error instanceof FlowError && error.code === 'fenced') return false;
    throw error;
  } finally {
    await task.close();
  }
}

/** service-partition, of a fold or a chain of folds: the name under which its task is fenced. */
export function foldTaskName(chain: readonly FoldTopology[], partition: number): string {
  return `${chain.map(({ service }) => service).join('+')}-${partition}`;
}
