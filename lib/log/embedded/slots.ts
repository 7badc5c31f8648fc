import type { TopicPartition } from '#lib/flow/position';
import { sizeOf } from '#lib/log/embedded/chunk-key';
import { type ChunkDatabase, chunksOf, first } from '#lib/log/embedded/chunks';
import type { LogFiles } from '#lib/log/embedded/files';
import { RecentSpace } from '#lib/log/embedded/recent';
import { bytesKey, endKey, numberAt } from '#lib/log/embedded/settings';
import { createSlot, type Slot, spanOf } from '#lib/log/embedded/slot';

/** The partitions of a log, as far as they reach on the disk. */
export interface Slots {
  readonly byTopic: ReadonlyMap<string, readonly Slot[]>;
  readonly all: readonly Slot[];
  /** The partitions of a topic. Throws for an unknown one. */
  of(topic: string): readonly Slot[];
  /** Throws for an unknown partition. */
  at(place: TopicPartition): Slot;
}

/** `recentBytes`: of recent records that are kept at hand, of all partitions, as encoded. */
export function openSlots(
  { topics, settings, chunkDatabase }: Pick<LogFiles, 'topics' | 'settings' | 'chunkDatabase'>,
  recentBytes: number,
): Slots {
  const space = new RecentSpace(recentBytes);
  const byTopic = new Map<string, readonly Slot[]>();
  for (const [topic, { id: topicId, partitions }] of topics) {
    const span = spanOf(topic);
    const slots = Array.from({ length: partitions }, (_, partition) =>
      createSlot({ at: { topic, partition }, topicId, span }, space),
    );
    for (const slot of slots) {
      slot.end = numberAt(settings, endKey(slot), 0);
      slot.start = first(chunksOf(chunkDatabase, slot, 0, 'on'))?.offset ?? slot.end;
      slot.bytes = numberAt(settings, bytesKey(slot), Number.NaN);
      if (Number.isNaN(slot.bytes)) slot.bytes = countBytes(chunkDatabase, slot);
    }
    byTopic.set(topic, slots);
  }
  const of = (topic: string): readonly Slot[] => {
    const found = byTopic.get(topic);
    if (found === undefined) throw new Error(`there is no topic ${topic}`);
    return found;
  };
  return {
    byTopic,
    all: [...byTopic.values()].flat(),
    of,
    at({ topic, partition }) {
      const slot = of(topic)[partition];
      if (slot === undefined) throw new Error(`topic ${topic} has no partition ${partition}`);
      return slot;
    },
  };
}

/** Of a log that an older version has written: it did not note them. */
function countBytes(chunks: ChunkDatabase, slot: Slot): number {
  let sum = 0;
  for (const { bytes } of chunksOf(chunks, slot, 0, 'on')) sum += sizeOf(bytes);
  return sum;
}
