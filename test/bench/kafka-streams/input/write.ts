import { type Kafka, type Message, Partitioners } from 'kafkajs';
import { createCodec } from '#lib/avro/codec';
import type { SchemaRegistry } from '#lib/avro/registry';
import { createProducer } from '#lib/log/kafka/producer';
import { activities } from '#test/bench/kafka-streams/input/activities';
import { INPUT, PARTITIONS } from '#test/bench/kafka-streams/workload';

const MESSAGES = 800;

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
  const producer = createProducer(kafka, {});
  await producer.connect();
  const waiting = partitionMetadata.map((): Message[] => []);
  const send = async (messages: Message[]) => {
    if (messages.length > 0) await producer.send({ topic: INPUT, acks: -1, messages: messages.splice(0) });
  };
  let bytes = 0;
  for (const activity of activities(events, leads)) {
    const value = Buffer.from(codec.encode(activity));
    const message = { key: Buffer.from(activity.value.lead_id), value };
    const partition = partitionOf({ topic: INPUT, partitionMetadata, message });
    const own = waiting[partition];
    if (own === undefined) throw new Error(`there is no partition ${partition}`);
    bytes += value.length;
    if (own.push({ ...message, partition }) === MESSAGES) await send(own);
  }
  for (const messages of waiting) await send(messages);
  await producer.disconnect();
  return bytes / events;
}
