import { systemClock } from '#lib/clock/system';
import { createClient } from '#lib/log/kafka/client';
import { createFetcher } from '#lib/log/kafka/fetcher';
import type { Sendable } from '#lib/log/kafka/outbox';
import { KAFKA_DEFAULTS } from '#lib/log/kafka/settings';
import { openTransactions } from '#lib/log/kafka/transactions';
import type { FetchedRecord } from '#lib/log/kafka/wire/fetched-record';
import type { RawTask } from '#test/bench/kafka-streams/raw/raw';
import { INPUT, PARTITIONS } from '#test/bench/kafka-streams/workload';
import { answer, taskOf } from '#test/bench/measure/child';
import { kafkaSettings } from '#test/bench/measure/kafka-settings';

/** A process of its own: reads the input once, all partitions at the same time, and tells its parent what it took, ms. */
const { brokers, events, into } = taskOf<RawTask>();
const kafka = createClient(kafkaSettings(brokers));
/** As many records in one transaction as a fold commits. */
const COMMIT = 2_000;
let done = 0;
let began = Number.NaN;
let ended = Number.NaN;
await Promise.all(Array.from({ length: PARTITIONS }, (_, partition) => copy(partition)));
await answer(ended - began);

async function copy(partition: number): Promise<void> {
  const fetcher = createFetcher(kafka, { topic: INPUT, partition });
  const copies = into === undefined ? undefined : await openCopies(into, partition);
  let arriving = fetcher.fetch(0, 100);
  while (done < events) {
    const { records, next } = await arriving;
    if (Number.isNaN(began)) began = performance.now();
    arriving = fetcher.fetch(next, 100);
    for (let page = records.next(COMMIT); page.length > 0; page = records.next(COMMIT)) {
      await copies?.write(page);
      done += page.length;
      if (done === events) ended = performance.now();
    }
  }
  await arriving;
  fetcher.close();
  await copies?.close();
}

/** Copies pages of records into a topic, each in a transaction with the position behind it. */
async function openCopies(topic: string, partition: number) {
  const transactions = await openTransactions(kafka, {
    transactionalId: `raw-${topic}-${partition}`,
    timeout: KAFKA_DEFAULTS.transactionTimeout,
    clock: systemClock,
  });
  const at = { topic, partition };
  return {
    async write(page: readonly FetchedRecord[]) {
      const records = page.map(({ bytes, keyStart, keyEnd, start, end }): Sendable => {
        const key = bytes.toString('utf8', keyStart, keyEnd);
        return { at, record: { key, bytes, start, end, headers: undefined } };
      });
      const offset = (page.at(-1)?.offset ?? 0) + 1;
      const topics = [{ topic: INPUT, partitions: [{ partition, offset, metadata: '' }] }];
      await transactions.commit(records, [{ groupId: `raw-${topic}`, topics }]);
    },
    close: () => transactions.close(),
  };
}
