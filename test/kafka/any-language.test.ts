import { join } from 'node:path';
import { SchemaRegistry } from '@kafkajs/confluent-schema-registry';
import type { Kafka, Producer } from 'kafkajs';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Undecodable } from '#lib/flow/log';
import { TOPICS } from '#schemas/topics';
import { type TestFolder, testFolder } from '#test/contracts/folder';
import {
  askWell,
  handOver,
  type Installation,
  install,
  plainClient,
  post,
  type Running,
  runServices,
} from '#test/kafka/given';
import { becomesMql, isHandedOver } from '#test/kafka/lead';
import { eventsOf, MQL } from '#test/kafka/own-schema';
import { consume, placeOf, plain } from '#test/kafka/plain-consumer';
import { readEverything } from '#test/kafka/records';
import { ask } from '#test/process/ask';
import { endAll } from '#test/process/command';

let folder: TestFolder;
let data: string;
let at: Installation;
let running: Running;
let kafka: Kafka;
let registry: SchemaRegistry;

beforeAll(async () => {
  folder = testFolder();
  data = join(folder.dir, 'data');
  at = await install(2);
  running = await runServices(at, [], data);
  kafka = plainClient(at);
  registry = new SchemaRegistry({ host: at.registry });
}, 60_000);

afterAll(async () => {
  await endAll();
  folder.remove();
});

async function connected(transactionalId?: string): Promise<Producer> {
  const settings = transactionalId === undefined ? {} : { transactionalId, idempotent: true, maxInFlightRequests: 1 };
  const producer = kafka.producer({ ...settings, allowAutoTopicCreation: false });
  await producer.connect();
  return producer;
}

/** Why a lead has its score: rules and points, by rule. */
async function reasons(lead: string): Promise<readonly string[]> {
  const { contributions } = JSON.parse(await askWell('explain', lead, '--data', data, '--json'));
  return contributions
    .map(({ rule, raw, points }: Record<string, unknown>) => `${rule} ${raw} ${Math.round(Number(points))}`)
    .sort();
}

test('a publisher writes lead.events with a schema of its own, also in transactions; what it aborts never was', async () => {
  await becomesMql(running.url, data, 'over-http');
  const its = { registry, prefix: at.prefix };
  const [simple, one, two] = await Promise.all([
    connected(),
    connected(`${at.prefix}one`),
    connected(`${at.prefix}two`),
  ]);
  await simple.send(await eventsOf(its, 'plain', ...MQL));

  // one is aborted while the other writes, so that records of both stand among each other
  const aborted = await one.transaction();
  await aborted.send(await eventsOf(its, 'ghost', ...MQL));
  await aborted.send(await eventsOf(its, 'careful', 'deal_won'));
  const committed = await two.transaction();
  await committed.send(await eventsOf(its, 'careful', 'subscribed', 'trial_started'));
  await simple.send(await eventsOf(its, 'plain', 'page_viewed'));
  await aborted.send(await eventsOf(its, 'ghost', 'deal_won'));
  await aborted.abort();
  await committed.send(await eventsOf(its, 'careful', 'appointment_scheduled'));
  await committed.commit();
  const another = await one.transaction();
  await another.send(await eventsOf(its, 'careful', 'page_viewed'));
  await another.commit();

  for (const lead of ['plain', 'careful']) await isHandedOver(data, lead, 'subscribed');
  const expected = await reasons('over-http');
  expect(expected).toHaveLength(MQL.length);
  for (const lead of ['plain', 'careful']) expect([lead, await reasons(lead)]).toEqual([lead, expected]);
  const ghost = await ask('explain', 'ghost', '--data', data);
  expect([ghost.end, ghost.err]).toEqual([
    1,
    'leadstream: no lead is known as ghost; give a lead id, an email or a userId\n',
  ]);
  const count = "SELECT count() FROM activities WHERE event_id LIKE 'ghost%' OR name = 'deal_won'";
  expect(await askWell('sql', count, '--data', data, '--format', 'TSVRaw')).toBe('0\n');
  await Promise.all([simple, one, two].map((producer) => producer.disconnect()));
});

test('people who turn out to be one are joined, with what was decided about them', async () => {
  const traits = { email: 'over@firm.example' };
  await post(running.url, '/v1/identify', { anonymousId: 'its-phone', traits, messageId: 'by address' });
  await post(running.url, '/v1/identify', { userId: 'over-http', traits, messageId: 'both' });
  await vi.waitFor(async () => expect((await readEverything(at)).map(({ topic }) => topic)).toContain(TOPICS.joins), {
    timeout: 30_000,
    interval: 500,
  });
});

const POISON = [
  Buffer.from([0xff, 0, 0, 0, 1, 2, 3]),
  Buffer.from('{"event":"Trial Started"}'),
  Buffer.from([0, 0x7f, 0xff, 0xff, 0xff, 9]),
];

test('what cannot be read is a dead letter with its bytes, and origin and reason in the headers of Kafka Connect', async () => {
  const producer = await connected();
  const messages = POISON.map((value) => ({ partition: 0, value }));
  const sent = await producer.send({ topic: `${at.prefix}${TOPICS.events}`, messages });
  await producer.disconnect();
  const from = Number(sent[0]?.baseOffset);
  const list = ['dead-letters', 'list', '--data', data, '--json'];
  const listed = await vi.waitFor(
    async () => {
      const lines = (await askWell(...list)).trimEnd().split('\n');
      expect(lines).toHaveLength(POISON.length);
      return lines.map((line) => JSON.parse(line)).reverse();
    },
    { timeout: 20_000, interval: 200 },
  );
  const ids: string[] = [];
  for (const [i, value] of POISON.entries()) {
    const { dead_letter_id, original, original_base64, ...letter } = listed[i] ?? {};
    ids.push(dead_letter_id);
    expect(Buffer.from(original ?? original_base64, original === undefined ? 'base64' : 'utf8')).toEqual(value);
    expect(letter).toMatchObject({ reason: 'undecodable', origin: `lead.events 0 ${from + i}`, event_id: null });
  }
  const { end, out } = await ask('dead-letters', 'retry', '--all', '--data', data);
  expect([end, out.split('\n')[0]]).toEqual([1, '0 sent again, 3 refused again.']);
  expect(await askWell(...list)).toBe(
    `${listed
      .toReversed()
      .map((letter) => JSON.stringify(letter))
      .join('\n')}\n`,
  );

  const everything = await consume(kafka, at.prefix, await readEverything(at));
  const letters = [...everything].flatMap(([place, message]) =>
    place.startsWith(TOPICS.deadLetters) ? [message] : [],
  );
  expect(letters).toHaveLength(POISON.length);
  for (const [i, { headers, value }] of letters.entries()) {
    const text = Object.fromEntries(Object.entries(headers ?? {}).map(([name, bytes]) => [name, String(bytes)]));
    expect(text).toEqual({
      '__connect.errors.topic': `${at.prefix}lead.events`,
      '__connect.errors.partition': '0',
      '__connect.errors.offset': String(from + i),
      '__connect.errors.stage': 'VALUE_CONVERTER',
      '__connect.errors.exception.class.name': 'undecodable',
      '__connect.errors.exception.message': listed[i].detail,
    });
    expect((await registry.decode(value ?? Buffer.alloc(0))).dead_letter_id).toBe(ids[i]);
  }
});

test('a consumer in any language decodes every record of every topic by the id of its schema alone', async () => {
  const ours = await readEverything(at);
  expect(new Set(ours.map(({ topic }) => topic))).toEqual(new Set(Object.values(TOPICS)));
  const found = await consume(kafka, at.prefix, ours);
  const anew = new SchemaRegistry({ host: at.registry });
  for (const { key, value, ...at } of ours) {
    const place = placeOf(at);
    const message = found.get(place);
    const bytes = message?.value ?? Buffer.alloc(0);
    expect([place, message?.key?.toString() ?? null]).toEqual([place, key]);
    if (value instanceof Undecodable) {
      expect([place, bytes]).toEqual([place, Buffer.from(value.bytes)]);
      continue;
    }
    const schema = await anew.getSchema(bytes.readUInt32BE(1));
    expect([place, Reflect.get(schema, 'name')]).toEqual([place, `leadstream.${value.type}`]);
    // its own fields, where a publisher wrote with a schema of its own
    expect([place, plain(value.value)]).toMatchObject([place, plain(await anew.decode(bytes)) as object]);
  }
});

test('all of it verifies, and the services hand over', async () => {
  expect(await askWell('verify', '--data', data)).toMatch(/\nNo differences\.\n$/);
  await handOver(running);
});
