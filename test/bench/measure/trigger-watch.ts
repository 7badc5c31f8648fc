import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '#lib/clock/system';
import { openKafkaLog } from '#lib/log/kafka/log';
import { connectRegistry } from '#lib/log/kafka/registry/registry';
import { KAFKA_DEFAULTS } from '#lib/log/kafka/settings';
import { TOPICS, type TriggerMessage } from '#schemas/topics';

/** Notes when triggers can be read, by the event that set each off. */
export interface TriggerWatch {
  /** When each came, by performance.now(); waits for those that have not, for a minute at most. */
  arrived(causes: readonly string[]): Promise<ReadonlyMap<string, number>>;
  close(): Promise<void>;
}

export async function startTriggerWatch(broker: string, registry: string, prefix: string): Promise<TriggerWatch> {
  const log = await openKafkaLog({
    settings: { ...KAFKA_DEFAULTS, brokers: [broker], prefix },
    registry: () => connectRegistry({ url: registry, prefix, register: false, clock: systemClock }),
    clock: systemClock,
    topics: [TOPICS.triggers],
  });
  const seen = new Map<string, number>();
  const stop = new AbortController();
  const reading = Array.from({ length: log.partitions(TOPICS.triggers) }, async (_, partition) => {
    const reader = log.reader<TriggerMessage>({ topic: TOPICS.triggers, partition }, 0);
    while (!stop.signal.aborted) {
      for (const { value } of await reader.next(1000, stop.signal)) {
        if ('type' in value && !seen.has(value.value.cause_id)) seen.set(value.value.cause_id, performance.now());
      }
    }
  });
  return {
    async arrived(causes) {
      for (let waited = 0; waited < 60_000 && causes.some((cause) => !seen.has(cause)); waited += 100) await sleep(100);
      return seen;
    },
    async close() {
      stop.abort();
      await Promise.all(reading);
      await log.close();
    },
  };
}
