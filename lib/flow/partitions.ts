import type { Log } from '#lib/flow/log';
import type { TopicPartition } from '#lib/flow/position';

/** All partitions of a topic, in their order. */
export function partitionsOf(log: Pick<Log, 'partitions'>, topic: string): TopicPartition[] {
  return Array.from({ length: log.partitions(topic) }, (_, partition) => ({ topic, partition }));
}
