import { createClient } from '#lib/log/kafka/client';
import { createFetcher } from '#lib/log/kafka/fetcher';
import { requestsOf, type Sendable } from '#lib/log/kafka/outbox';
import { createProducer } from '#lib/log/kafka/producer';
import { sendAll, sendOffsets } from '#lib/log/kafka/send';
import { KAFKA_DEFAULTS } from '#lib/log/kafka/settings';
import type { RawChild } from '#test/bench/kafka-streams/raw/raw';
import { INPUT, PARTITIONS } from '#test/bench/kafka-streams/workload';

/** A process of its own: reads the input once, all partitions at the same time, and tells its parent what it took, ms. */
const { brokers, events, into } = JSON.parse(process.argv[2] ?? '') as RawChild;
const kafka = createClient({ ...KAFKA_DEFAULTS, brokers });
/** As many records in one transaction as a fold commits. */
const COMMIT = 2_000;
let done = 0;
let began = Number.NaN;
await Promise.all(Array.from({ length: PARTITIONS }, (_, partition) => copy(partition)));

async function copy(partition: number): Promise<void> {
  const fetcher = createFetcher(kafka, { topic: INPUT, partition });
  const producer = createProducer(kafka, { transactionalId: `raw-${into}-${partition}` });
  if (into !== undefined) await producer.connect();
  let arriving = fetcher.fetch(0, 100);
  while (done < events) {
    const { records, next } = await arriving;
    if (Number.isNaN(began)) began = performance.now();
    arriving = fetcher.fetch(next, 100);
    for (let at = 0; at < records.length && into !== undefined; at += COMMIT) {
      const page = records.slice(at, at + COMMIT).map(
        ({ key, value }): Sendable => ({
          topic: into,
          message: { key, value, partition },
          size: 24 + (key?.length ?? 0) + (value?.length ?? 0),
        }),
      );
      const transaction = await producer.transaction();
      await sendAll(transaction, requestsOf(page));
      const offset = String(Number(records[at]?.offset) + page.length);
      await sendOffsets(transaction, {
        consumerGroupId: `raw-${into}`,
        topics: [{ topic: INPUT, partitions: [{ partition, offset }] }],
      });
      await transaction.commit();
    }
    done += records.length;
  }
  if (done === events && process.connected) process.send?.(performance.now() - began, () => process.disconnect());
  await arriving;
  await fetcher.close();
  await producer.disconnect();
}
