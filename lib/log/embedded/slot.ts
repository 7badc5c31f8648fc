import type { TopicPartition } from '#lib/flow/position';
import { RecentRecords, type RecentSpace } from '#lib/log/embedded/recent';
import type { Tail } from '#lib/log/embedded/tail';
import { type Arrivals, createArrivals } from '#lib/log/memory/arrivals';
import { DAY, isKept } from '#lib/log/retention';

/** One partition of the embedded log, as it is in memory. */
export interface Slot {
  readonly at: TopicPartition;
  readonly topicId: number;
  /** A chunk holds records of so many ms at most: what expires leaves with its chunk. */
  readonly span: number;
  /** Offset of the oldest record that is kept; `end` if there is none. */
  start: number;
  /** Offset after the last committed record: readers go no further. */
  end: number;
  /** What its chunks and their keys take, bytes. */
  bytes: number;
  /** Its newest records, for the writer; undefined: as they are on the disk. */
  tail: Tail | undefined;
  readonly recent: RecentRecords;
  readonly arrivals: Arrivals;
}

export function createSlot({ at, topicId, span }: Pick<Slot, 'at' | 'topicId' | 'span'>, space: RecentSpace): Slot {
  return {
    at,
    topicId,
    span,
    start: 0,
    end: 0,
    bytes: 0,
    tail: undefined,
    recent: new RecentRecords(space),
    arrivals: createArrivals(),
  };
}

/** Of a topic's partitions. */
export function spanOf(topic: string): number {
  return isKept(topic) ? Number.POSITIVE_INFINITY : DAY;
}

const KEY_BYTES = 10;

/** Key of a chunk: topic id, partition, offset of its first record, all big-endian, so that keys sort as records do. */
export function chunkKey({ topicId, at }: Pick<Slot, 'topicId' | 'at'>, offset: number): Buffer {
  const key = Buffer.allocUnsafe(KEY_BYTES);
  key.writeUInt16BE(topicId, 0);
  key.writeUInt16BE(at.partition, 2);
  key.writeUIntBE(offset, 4, 6);
  return key;
}

/** Offset of the first record of the chunk with this key. */
export function offsetOf(key: Uint8Array): number {
  return Buffer.from(key).readUIntBE(4, 6);
}

/** What a stored chunk takes with its key, bytes. */
export function sizeOf(stored: Uint8Array): number {
  return KEY_BYTES + stored.length;
}
