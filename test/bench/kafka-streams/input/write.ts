import { type Kafka, Partitioners } from 'kafkajs';
import { createCodec } from '#lib/avro/codec';
import type { SchemaRegistry } from '#lib/avro/registry';
import { activities } from '#test/bench/kafka-streams/input/activities';
import { openPartitions } from '#test/bench/kafka-streams/input/partitions';
import { INPUT, PARTITIONS } from '#test/bench/kafka-streams/workload';

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
  const writer = await openPartitions(kafka, INPUT);
  let size = 0;
  for (const activity of activities(events, leads)) {
    const key = activity.value.lead_id;
    const bytes = Buffer.from(codec.encode(activity));
    const partition = partitionOf({ topic: INPUT, partitionMetadata, message: { key, value: bytes } });
    size += bytes.length;
    await writer.write(partition, key, bytes);
  }
  await writer.close();
  return size / events;
}
