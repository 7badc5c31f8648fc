import { randomUUID } from 'node:crypto';
import type { Kafka, KafkaMessage } from 'kafkajs';
import { expect, vi } from 'vitest';
import type { LogRecord } from '#lib/flow/log';
import { TOPICS } from '#schemas/topics';

/** Committed records of all topics by their place, as any client finds them; ends when those that are wanted are there. */
export async function consume(
  kafka: Kafka,
  prefix: string,
  wanted: readonly LogRecord[],
): Promise<ReadonlyMap<string, KafkaMessage>> {
  const consumer = kafka.consumer({ groupId: `${prefix}reader-${randomUUID()}`, readUncommitted: false });
  await consumer.connect();
  await consumer.subscribe({ topics: Object.values(TOPICS).map((topic) => prefix + topic), fromBeginning: true });
  const found = new Map<string, KafkaMessage>();
  await consumer.run({
    eachMessage: async ({ topic, partition, message }) => {
      found.set(placeOf({ topic: topic.slice(prefix.length), partition, offset: Number(message.offset) }), message);
    },
  });
  const missing = () => wanted.map(placeOf).filter((place) => !found.has(place));
  await vi.waitFor(() => expect(missing()).toEqual([]), { timeout: 30_000, interval: 50 });
  await consumer.disconnect();
  return found;
}

/** topic/partition/offset */
export function placeOf({ topic, partition, offset }: Pick<LogRecord, 'topic' | 'partition' | 'offset'>): string {
  return `${topic}/${partition}/${offset}`;
}

/** Values alone, whoever has made the objects; bytes in hex. */
export function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]));
}
