import { setImmediate as turn } from 'node:timers/promises';
import type { Log, LogReader, LogRecord } from '#lib/flow/log';
import { createMemoryLog } from '#lib/log/memory/log';
import { type ActivityRecord, activities } from '#test/bench/kafka-streams/input/activities';
import { type Chain, INPUT, PARTITIONS } from '#test/bench/kafka-streams/workload';
import { mainThreadTime } from '#test/bench/measure/thread';

export interface FeedOptions {
  readonly chain: Chain;
  readonly events: number;
  readonly leads: number;
  /** The first record of each partition, if any. */
  readonly first?: unknown;
}

/** A log that makes its input up while it is read, each partition's of leads of its own, and throws away what is written. */
export interface Feed {
  readonly log: Log;
  /** Records committed so far, of all partitions. */
  committed(): number;
  /** Resolves when so many are. */
  reached(records: number): Promise<void>;
  /** Processor time that making the input up has taken, µs. */
  spent(): number;
}

export function createFeed({ chain, events, leads, first }: FeedOptions): Feed {
  const topics = [INPUT, ...chain.flatMap(({ output }) => output ?? [])];
  const memory = createMemoryLog({ partitions: Object.fromEntries(topics.map((topic) => [topic, PARTITIONS])) });
  const sources = Array.from({ length: PARTITIONS }, () => activities(events / PARTITIONS, leads / PARTITIONS));
  const begun = new Set<number>();
  const positions = new Map<number, number>();
  let goals: { readonly records: number; readonly resolve: () => void }[] = [];
  let spent = 0;

  const committed = () => [...positions.values()].reduce((sum, offset) => sum + offset, 0);

  function take(partition: number, limit: number): unknown[] {
    const began = mainThreadTime();
    const taken: unknown[] = [];
    if (first !== undefined && !begun.has(partition)) taken.push(first);
    begun.add(partition);
    while (taken.length < limit) {
      const made = sources[partition]?.next();
      if (made === undefined || made.done === true) break;
      taken.push(asDecoded(made.value));
    }
    spent += mainThreadTime() - began;
    return taken;
  }

  return {
    committed,
    reached: (records) => new Promise((resolve) => goals.push({ records, resolve })),
    spent: () => spent,
    log: {
      ...memory,
      async open(task) {
        return {
          ...(await memory.open(task)),
          async commit(_outputs, moved) {
            for (const { partition, position } of moved) positions.set(partition, position.offset);
            const all = committed();
            for (const { resolve } of goals.filter(({ records }) => records <= all)) resolve();
            goals = goals.filter(({ records }) => records > all);
          },
        };
      },
      reader<Value>(at: { readonly topic: string; readonly partition: number }, from: number): LogReader<Value> {
        let next = from;
        return {
          async next(limit, signal) {
            // Pages of several partitions come one after another, as they do from a socket.
            await turn();
            const values = take(at.partition, limit);
            if (values.length === 0) await aborted(signal);
            return values.map(
              (value): LogRecord<Value> => ({ ...at, offset: next++, key: null, value: value as Value }),
            );
          },
          async close() {},
        };
      },
    },
  };
}

/** With texts as they are after decoding: in one piece, and each a new one. */
function asDecoded({ type, value }: ActivityRecord): ActivityRecord {
  return { type, value: { ...value, lead_id: anew(value.lead_id), event_id: anew(value.event_id) } };
}

function anew(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
