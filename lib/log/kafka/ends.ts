import type { Cluster, Kafka } from 'kafkajs';
import type { Clock } from '#lib/flow/ports';
import type { TopicPartition } from '#lib/flow/position';
import { createFetcher } from '#lib/log/kafka/fetcher';
import { offsetOf } from '#lib/log/kafka/leader';
import type { Written } from '#lib/log/kafka/wire/produce';

/** Where partitions begin and end for readers of committed records. */
export interface Ends {
  /** Notes what this process has written: `end` does not tell less, though readers may see it some milliseconds later. */
  wrote(written: readonly Written[]): void;
  start(at: TopicPartition): Promise<number>;
  /** The offset after the last committed record, transaction markers and aborted records behind it left out. */
  end(at: TopicPartition): Promise<number>;
}

/** First look back: a marker behind the last record. */
const LOOK_BACK = 2;
/** An aborted transaction may have to be looked through. */
const LOOK_BACK_FURTHER = 16;
const WAIT = 100;
const EVERY_RECORD = Number.POSITIVE_INFINITY;
/** Looks after a record that was committed, with growing pauses: three seconds in all. */
const LOOKS = 50;

export function createEnds(kafka: Kafka, cluster: Cluster, clock: Clock): Ends {
  /** Where this process has written last. */
  const own = new Map<string, number>();
  const known = new Map<string, { readonly stable: number; readonly end: number }>();

  /** The last committed record's offset + 1, looked for backwards from the last stable offset. */
  async function settledEnd(at: TopicPartition, stable: number): Promise<number> {
    const start = await offsetOf(cluster, at, true);
    const fetcher = createFetcher(kafka, at);
    try {
      for (let back = LOOK_BACK; ; back *= LOOK_BACK_FURTHER) {
        const from = Math.max(start, stable - back);
        let end: number | undefined;
        for (let next = from; next < stable; ) {
          const found = await fetcher.fetch(next, WAIT);
          const last = found.records.next(EVERY_RECORD).findLast(({ offset }) => offset < stable);
          if (last !== undefined) end = last.offset + 1;
          if (found.next === next) break;
          next = found.next;
        }
        if (end !== undefined) return end;
        if (from === start) return start;
      }
    } finally {
      fetcher.close();
    }
  }

  return {
    wrote(written) {
      for (const { topic, partition, baseOffset } of written) {
        const key = `${topic}/${partition}`;
        own.set(key, Math.max(own.get(key) ?? 0, baseOffset));
      }
    },
    start: (at) => offsetOf(cluster, at, true),
    async end(at) {
      const key = `${at.topic}/${at.partition}`;
      let stable = await offsetOf(cluster, at, false);
      for (let look = 1; stable <= (own.get(key) ?? -1) && look < LOOKS; look++) {
        await clock.sleep(2 * look);
        stable = await offsetOf(cluster, at, false);
      }
      const before = known.get(key);
      if (before?.stable === stable) return before.end;
      const end = stable === 0 ? 0 : await settledEnd(at, stable);
      known.set(key, { stable, end });
      return end;
    },
  };
}
