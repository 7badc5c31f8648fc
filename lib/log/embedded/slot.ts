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
