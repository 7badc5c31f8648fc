import type { VerifyProgress } from '#app/cli/ports';
import type { Log, LogReader } from '#lib/flow/log';
import type { TopicPartition } from '#lib/flow/position';

/** Counts what a verification reads, part by part. */
export class Progress {
  #part = 0;
  #what = '';
  #records = 0;

  constructor(
    private readonly parts: number,
    private readonly tell: (progress: VerifyProgress) => void,
  ) {}

  begin(what: string): void {
    this.#part++;
    this.#what = what;
    this.#records = 0;
  }

  /** The same log; its records are counted as they are read. */
  through(log: Log): Log {
    return {
      ...log,
      reader: <Value>(at: TopicPartition, from: number): LogReader<Value> => {
        const reader = log.reader<Value>(at, from);
        return {
          next: async (limit, signal) => {
            const records = await reader.next(limit, signal);
            this.#records += records.length;
            this.tell({ part: this.#part, parts: this.parts, what: this.#what, records: this.#records });
            return records;
          },
          close: () => reader.close(),
        };
      },
    };
  }
}
