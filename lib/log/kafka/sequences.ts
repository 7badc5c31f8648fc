import type { PartitionBatch } from '#lib/log/kafka/wire/produce';

/** Numbers what one producer's epoch writes: in each partition from 0 on, so that the broker takes every batch once and in its turn. */
export interface Sequences {
  /** The number of the batch's first record; the next batch of the partition goes on behind its last. */
  sequenceOf(batch: PartitionBatch): number;
}

/** Behind this number comes 0 again. */
const LAST = 2 ** 31 - 1;

export function createSequences(): Sequences {
  const next = new Map<string, number>();
  return {
    sequenceOf({ topic, partition, records }) {
      const key = `${topic}/${partition}`;
      const sequence = next.get(key) ?? 0;
      next.set(key, (sequence + records.length) % (LAST + 1));
      return sequence;
    },
  };
}
