import type { Log, LogRecord } from '#lib/flow/log';
import type { TopicPartition } from '#lib/flow/position';

const READ = 1000;

/**
 * The records of a partition from the oldest (or `from`) to the newest there is when it is called, for looking into a log.
 * Works on every log.
 */
export async function* recordsOf<Value>(log: Log, at: TopicPartition, from?: number): AsyncGenerator<LogRecord<Value>> {
  const end = await log.end(at);
  const start = Math.max(from ?? 0, await log.start(at));
  const reader = log.reader<Value>(at, start);
  const signal = new AbortController().signal;
  try {
    for (let next = start; next < end; ) {
      const records = await reader.next(READ, signal);
      if (records.length === 0) return;
      for (const record of records) {
        if (record.offset >= end) return;
        yield record;
        next = record.offset + 1;
      }
    }
  } finally {
    await reader.close();
  }
}
