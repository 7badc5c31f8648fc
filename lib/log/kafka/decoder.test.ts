import { expect, test } from 'vitest';
import { createCodec } from '#lib/avro/codec';
import { createRegistry } from '#lib/avro/registry';
import { RECORD_SCHEMAS } from '#lib/avro/schema';
import { Undecodable } from '#lib/flow/log';
import { createDecoder } from '#lib/log/kafka/decoder';
import { type AnyMessage, TOPICS } from '#schemas/topics';

const registry = { ...createRegistry(RECORD_SCHEMAS), ensure: async () => {} };
const codec = createCodec(registry);
const tick: AnyMessage = {
  type: 'Tick',
  value: { seq: 1, logged_at: 2, own_time: false, identity_key: null, import_id: null },
};

/** The value of one record that a partition holds. */
async function valueIn(topic: string, value: Buffer | null): Promise<unknown> {
  const bytes = Buffer.concat([Buffer.from('before'), value ?? Buffer.alloc(0), Buffer.from('behind')]);
  const start = value === null ? -1 : 6;
  const record = { offset: 7, bytes, keyStart: -1, keyEnd: -1, start, end: 6 + (value?.length ?? 0) };
  const [read] = await createDecoder(codec, registry)({ topic, partition: 0 }, [record]);
  return read?.value;
}

test('a record of another topic is one that cannot be read, with its bytes', async () => {
  const bytes = Buffer.from(codec.encode(tick));
  expect(await valueIn(TOPICS.events, bytes)).toEqual(new Undecodable(bytes, 'lead.events carries no Tick'));
});

test('in its own topic, and in one that is not ours, it is read', async () => {
  const bytes = Buffer.from(codec.encode(tick));
  expect(await valueIn(TOPICS.activity, bytes)).toEqual(tick);
  expect(await valueIn('theirs', bytes)).toEqual(tick);
});

test('a record without a value is one that cannot be read', async () => {
  expect(await valueIn(TOPICS.events, null)).toEqual(new Undecodable(new Uint8Array(), 'a record without a value'));
});
