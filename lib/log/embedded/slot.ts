import type { Codec } from '#lib/avro/codec';
import type { LogRecord } from '#lib/flow/log';
import { openChunk } from '#lib/log/embedded/cursor';
import type { Packing } from '#lib/log/embedded/packer';
import { RecentRecords, type RecentSpace } from '#lib/log/embedded/recent';
import type { Tail, TailPlace } from '#lib/log/embedded/tail';
import { type Arrivals, createArrivals } from '#lib/log/memory/arrivals';
import { DAY, isKept } from '#lib/log/retention';

/** One partition of the embedded log, as it is in memory. */
export interface Slot extends TailPlace {
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

/** How far a partition reaches, and what its chunks take then. */
export type Reached = Pick<Slot, 'end' | 'bytes'>;

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

/** Makes records that are on the disk visible to readers: the last ones of the partition, which reaches so far with them. */
export function grow(slot: Slot, { records, count, packed }: Packing, { end, bytes }: Reached, codec: Codec): void {
  const first = end - count;
  const { topic, partition } = slot.at;
  const read = (): readonly LogRecord[] => {
    if (packed !== undefined)
      return packed.map(({ key, value }, index) => ({ topic, partition, offset: first + index, key, value }));
    const cursor = openChunk(slot.at, first, { count, body: records }, codec);
    return Array.from({ length: count }, () => cursor.next());
  };
  slot.recent.append({ first, count, bytes: records.length, read });
  slot.end = end;
  slot.bytes = bytes;
  slot.arrivals.notify();
}

/** Of a topic's partitions. */
export function spanOf(topic: string): number {
  return isKept(topic) ? Number.POSITIVE_INFINITY : DAY;
}
