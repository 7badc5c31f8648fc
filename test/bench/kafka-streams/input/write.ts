import { type Kafka, Partitioners } from 'kafkajs';
import { createCodec } from '#lib/avro/codec';
import type { SchemaRegistry } from '#lib/avro/registry';
import { systemClock } from '#lib/clock/system';
import { openIdempotentWriter } from '#lib/log/kafka/idempotent';
import { batchesOf, type Sendable } from '#lib/log/kafka/outbox';
import { activities } from '#test/bench/kafka-streams/input/activities';
import { INPUT, PARTITIONS } from '#test/bench/kafka-streams/workload';

const RECORDS = 2_000;

/**
 * Writes the events that both sides read, in the partitions that Java's default partitioner gives their leads: so Kafka Streams
 * writes what it makes of partition p into partition p, as ours does. Returns the bytes of an average record.
 */
export async function writeInput(
  kafka: Kafka,
  registry: SchemaRegistry,
  events: number,
  leads: number,
): Promise<number> {
  const codec = createCodec(registry);
  const partitionOf = Partitioners.DefaultPartitioner();
  const partitionMetadata = Array.from({ length: PARTITIONS }, (_, partitionId) => ({
    partitionErrorCode: 0,
    partitionId,
    leader: 1,
    replicas: [1],
    isr: [1],
  }));
  const writer = await openIdempotentWriter(kafka, systemClock);
  const waiting = partitionMetadata.map(({ partitionId: partition }) => ({
    at: { topic: INPUT, partition },
    records: [] as Sendable[],
  }));
  const send = async (records: Sendable[]) => {
    for (const batch of batchesOf(records.splice(0))) await writer.write(batch);
  };
  let size = 0;
  for (const activity of activities(events, leads)) {
    const key = activity.value.lead_id;
    const bytes = Buffer.from(codec.encode(activity));
    const partition = partitionOf({ topic: INPUT, partitionMetadata, message: { key, value: bytes } });
    const own = waiting[partition];
    if (own === undefined) throw new Error(`there is no partition ${partition}`);
    size += bytes.length;
    const record = { key, bytes, start: 0, end: bytes.length, headers: undefined };
    if (own.records.push({ at: own.at, record }) === RECORDS) await send(own.records);
  }
  for (const { records } of waiting) await send(records);
  await writer.close();
  return size / events;
}
