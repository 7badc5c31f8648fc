import type { Kafka } from 'kafkajs';
import { systemClock } from '#lib/clock/system';
import { openIdempotentWriter } from '#lib/log/kafka/idempotent';
import { batchesOf, type Sendable } from '#lib/log/kafka/outbox';
import { PARTITIONS } from '#test/bench/kafka-streams/workload';

const RECORDS = 2_000;

/** Fills the partitions of a topic. */
export interface PartitionWriter {
  write(partition: number, key: string | null, bytes: Buffer): Promise<void>;
  /** Resolves when all is in the log. */
  close(): Promise<void>;
}

export async function openPartitions(kafka: Kafka, topic: string): Promise<PartitionWriter> {
  const writer = await openIdempotentWriter(kafka, systemClock);
  const waiting = Array.from({ length: PARTITIONS }, (_, partition) => ({
    at: { topic, partition },
    records: [] as Sendable[],
  }));
  const send = async (records: Sendable[]) => {
    for (const batch of batchesOf(records.splice(0))) await writer.write(batch);
  };
  return {
    async write(partition, key, bytes) {
      const own = waiting[partition];
      if (own === undefined) throw new Error(`there is no partition ${partition}`);
      const record = { key, bytes, start: 0, end: bytes.length, headers: undefined };
      if (own.records.push({ at: own.at, record }) === RECORDS) await send(own.records);
    },
    async close() {
      for (const { records } of waiting) await send(records);
      await writer.close();
    },
  };
}
