import { setImmediate as nextTurn } from 'node:timers/promises';
import type { LogReader, LogRecord } from '#lib/flow/log';
import type { Chunks } from '#lib/log/embedded/chunks';
import type { ChunkCursor } from '#lib/log/embedded/cursor';
import type { Slot } from '#lib/log/embedded/slot';

/** Bytes after which one read from the disk ends, whatever number of records was asked for. */
const READ_BYTES = 4 * 1024 * 1024;

/** Reads a slot from `from` on: recent records as they were written, older ones from the disk. */
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
        if (cursor === undefined)
          throw new Error(
            `${slot.at.topic} ${slot.at.partition} has no record ${next}: the log is damaged, restore it from a backup`,
          );
        bytes += cursor.size;
      }
      while (cursor.hasNext() && records.length < limit) records.push(cursor.next());
      next = cursor.offset();
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

/** The caller names the type of what the topic's schemas vouch for. */
function typed<Value>(records: readonly LogRecord[]): readonly LogRecord<Value>[] {
  return records as readonly LogRecord<Value>[];
}
