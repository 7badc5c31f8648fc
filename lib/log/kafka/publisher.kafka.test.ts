import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { createCodec } from '#lib/avro/codec';
import { createRegistry } from '#lib/avro/registry';
import { RECORD_SCHEMAS } from '#lib/avro/schema';
import { systemClock } from '#lib/clock/system';
import { createClient } from '#lib/log/kafka/client';
import { createFetcher } from '#lib/log/kafka/fetcher';
import { createEncoder } from '#lib/log/kafka/outbox';
import { createPublisher } from '#lib/log/kafka/publisher';
import { createTopics } from '#lib/log/kafka/topics/create';
import { ownSettings } from '#test/contracts/log/kafka';
import { tickMessage } from '#test/contracts/messages';

const settings = ownSettings(inject('kafka').brokers);
const kafka = createClient(settings);
const admin = kafka.admin();
const topic = `${settings.prefix}events`;
beforeAll(async () => {
  await admin.connect();
  await createTopics(admin, [{ name: topic, partitions: 1, replication: 1, settings: {} }]);
});
afterAll(() => admin.disconnect());

it('writes once what is durable, also if its position cannot be looked at', async () => {
  const at = { topic, partition: 0 };
  const names = { topicOf: () => topic, placeOf: () => at };
  const publisher = createPublisher({
    kafka,
    prefix: settings.prefix,
    eventsTopic: topic,
    encode: createEncoder(createCodec(createRegistry(RECORD_SCHEMAS)), names),
    clock: systemClock,
    wrote: () => {},
    namedPosition: () => Promise.reject(new Error('the coordinator restarts')),
  });
  await publisher.publish([{ ...at, key: null, value: tickMessage(1) }], [{ name: 'import', value: '7' }]);
  await publisher.close();

  const fetcher = createFetcher(kafka, at);
  const { records } = await fetcher.fetch(0, 5_000);
  expect(records.next(10)).toHaveLength(1);
  expect((await fetcher.fetch(1, 200)).records.done).toBe(true);
  fetcher.close();
});
