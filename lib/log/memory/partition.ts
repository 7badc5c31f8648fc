import type { LogReader, LogRecord, Outgoing } from '#lib/flow/log';
import type { TopicPartition } from '#lib/flow/position';
import { type Arrivals, createArrivals } from '#lib/log/memory/arrivals';

/** One partition in memory. */
export interface Partition {
  readonly arrivals: Arrivals;
  append(record: Outgoing): void;
  end(): number;
  /** Waits at the end until `closed` says that no more will come. */
  reader<Value>(from: number, closed: () => boolean): LogReader<Value>;
}

export function createPartition(at: TopicPartition): Partition {
  const records: LogRecord<unknown>[] = [];
  const arrivals = createArrivals();
  return {
    arrivals,
    append({ key, value }) {
      records.push({ ...at, offset: records.length, key, value });
    },
    end: () => records.length,
    reader<Value>(from: number, closed: () => boolean): LogReader<Value> {
      let next = from;
      let open = true;
      return {
        async next(limit, signal) {
          while (open && !closed() && !signal.aborted) {
            const found = records.slice(next, next + limit);
            next += found.length;
            // The caller names the type of what it wrote; nothing here changes a value.
            if (found.length > 0) return found as LogRecord<Value>[];
            await arrivals.wait(signal);
          }
          return [];
        },
        async close() {
          open = false;
          arrivals.notify();
        },
      };
    },
  };
}
