import type { TopicPartition } from '#lib/flow/position';
import { RecentRecords, type RecentSpace } from '#lib/log/embedded/recent';
import { type Arrivals, createArrivals } from '#lib/log/memory/arrivals';

/** One partition of the embedded log, as it is in memory. */
export interface Slot {
  readonly at: TopicPartition;
  readonly topicId: number;
  /** Offset after the last committed record: readers go no further. */
  end: number;
  readonly recent: RecentRecords;
  readonly arrivals: Arrivals;
}

export function createSlot(at: TopicPartition, topicId: number, end: number, space: RecentSpace): Slot {
  return { at, topicId, end, recent: new RecentRecords(space), arrivals: createArrivals() };
}

/** Key of a chunk: topic id, partition, offset of its first record, all big-endian, so that keys sort as records do. */
export function chunkKey(slot: Slot, offset: number): Buffer {
  const key = Buffer.allocUnsafe(10);
  key.writeUInt16BE(slot.topicId, 0);
  key.writeUInt16BE(slot.at.partition, 2);
  key.writeUIntBE(offset, 4, 6);
  return key;
}

/** Offset of the first record of the chunk with this key. */
export function offsetOf(key: Uint8Array): number {
  return Buffer.from(key).readUIntBE(4, 6);
}
