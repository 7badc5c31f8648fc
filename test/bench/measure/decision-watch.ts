import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '#lib/flow/log';
import { type HandoffMessage, TOPICS, type TriggerMessage } from '#schemas/topics';

const WATCHED = [TOPICS.triggers, TOPICS.handoffs] as const;

export type Watched = (typeof WATCHED)[number];

/** Notes when triggers and handoffs can be read, by the event that led to each. */
export interface DecisionWatch {
  /** When each came, by performance.now(); waits for those that have not, for a minute at most. */
  arrived(topic: Watched, causes: readonly string[]): Promise<ReadonlyMap<string, number>>;
  close(): Promise<void>;
}

/** Watches until it is closed; the log is left open. */
export function watchDecisions(log: Log): DecisionWatch {
  const seen = new Map(WATCHED.map((topic) => [topic, new Map<string, number>()]));
  const stops: AbortController[] = [];
  const reading = WATCHED.flatMap((topic) =>
    Array.from({ length: log.partitions(topic) }, async (_, partition) => {
      const stop = new AbortController();
      stops.push(stop);
      const reader = log.reader<TriggerMessage | HandoffMessage>({ topic, partition }, 0);
      while (!stop.signal.aborted) {
        for (const { value } of await reader.next(1000, stop.signal)) {
          if (!('type' in value) || value.type === 'ModelApplied' || value.type === 'OwnerPassed') continue;
          const { cause_id } = value.value;
          if (seen.get(topic)?.has(cause_id) === false) seen.get(topic)?.set(cause_id, performance.now());
        }
      }
      await reader.close();
    }),
  );
  return {
    async arrived(topic, causes) {
      const there = seen.get(topic) ?? new Map<string, number>();
      for (let waited = 0; waited < 60_000 && causes.some((cause) => !there.has(cause)); waited += 100)
        await sleep(100);
      return there;
    },
    async close() {
      for (const stop of stops) stop.abort();
      await Promise.all(reading);
    },
  };
}
