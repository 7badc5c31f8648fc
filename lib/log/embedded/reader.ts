import { setImmediate as nextTurn } from 'node:timers/promises';
import { FlowError } from '#lib/flow/errors';
import type { LogReader, LogRecord } from '#lib/flow/log';
import { damaged } from '#lib/log/embedded/chunk';
import type { Chunks } from '#lib/log/embedded/chunks';
import type { ChunkCursor } from '#lib/log/embedded/cursor';
import type { Slot } from '#lib/log/embedded/slot';

/** Bytes after which one read from the disk ends, whatever number of records was asked for. */
const READ_BYTES = 4 * 1024 * 1024;

/**
 * Reads a slot from `from` on: recent records as they were written, older ones from the disk. From 0 on means from the oldest
 * that is kept; whoever is elsewhere before that gets `position_lost`.
 */
export function createReader<Value>(slot: Slot, chunks: Chunks, from: number, closed: () => boolean): LogReader<Value> {
  let next = from;
  let open = true;
  let cursor: ChunkCursor | undefined;
  const follower = slot.recent.follow(from);

  const over = (signal: AbortSignal): boolean => !open || closed() || signal.aborted;

  const readDisk = (limit: number): readonly LogRecord[] => {
    const records: LogRecord[] = [];
    let bytes = 0;
    while (records.length < limit && bytes < READ_BYTES && next < slot.end) {
      if (cursor === undefined || !cursor.hasNext() || cursor.offset() !== next) {
        cursor = chunks.find(slot, next);
        if (cursor === undefined) throw damaged(slot.at, next, 'its record is missing');
        bytes += cursor.size;
      }
      // A chunk may hold more than readers may see yet.
      for (; cursor.hasNext() && next < slot.end && records.length < limit; next++) records.push(cursor.next());
    }
    return records;
  };

  return {
    async next(limit, signal) {
      for (;;) {
        if (over(signal)) return [];
        if (next >= slot.end) {
          await slot.arrivals.wait(signal);
          continue;
        }
        const held = slot.recent.from(next, limit);
        if (held !== undefined) {
          next += held.length;
          cursor = undefined;
          follower.movedTo(next);
          return typed(held);
        }
        // A long way through the disk must not keep the process from everything else.
        await nextTurn();
        if (over(signal)) return [];
        if (next < slot.start) next = beginning(slot, next);
        const read = readDisk(limit);
        follower.movedTo(next);
        return typed(read);
      }
    },
    async close() {
      open = false;
      cursor = undefined;
      follower.leave();
      slot.arrivals.notify();
    },
  };
}

/** Where whoever is at an expired offset goes on. */
function beginning({ at, start }: Slot, offset: number): number {
  if (offset === 0) return start;
  throw new FlowError(
    'position_lost',
    `${at.topic}/${at.partition} holds no offset ${offset}; its records before ${start} have expired`,
    { retriable: false },
  );
}

/** The caller names the type of what the topic's schemas vouch for. */
function typed<Value>(records: readonly LogRecord[]): readonly LogRecord<Value>[] {
  return records as readonly LogRecord<Value>[];
}
