import { join } from 'node:path';
import { SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import avsc from 'avsc';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
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
import { becomesMql } from '#test/kafka/lead';
import { shown } from '#test/kafka/shown';
import { ask } from '#test/process/ask';
import { endAll, leadstream } from '#test/process/command';
import { startServer } from '#test/process/server';

const PATIENCE = { timeout: 60_000, interval: 50 };
/** Of sessions, by default, ms: what is killed is missed after so long. */
const SESSION = 10_000;

let folder: TestFolder;
let data: string;
let at: Installation;
let collect: Running;
let dashboard: Running;
let scores: readonly Running[];
let rest: readonly Running[];

/** Its open tasks of a service, by what it says to Prometheus. */
async function openTasks({ url }: Running, service: string): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  const open = new RegExp(`^leadstream_task_state\\{service="${service}",partition="\\d+",state="open"\\} 1$`, 'gm');
  return metrics.match(open)?.length ?? 0;
}

async function untilOpen(running: Running, tasks: number): Promise<void> {
  await vi.waitFor(async () => expect(await openTasks(running, 'score')).toBe(tasks), PATIENCE);
}

const newScore = () => runServices(at, ['score'], data);

// A process for each service, and two for score; analyze and the dashboard share the engine of their tables.
beforeAll(async () => {
  folder = testFolder();
  data = join(folder.dir, 'data');
  at = await install(4);
  const parts = ['identify', 'stage', 'trigger', 'handoff'];
  [dashboard, collect, scores, rest] = await Promise.all([
    runServices(at, ['analyze', 'dashboard'], data),
    runServices(at, ['collect'], data),
    Promise.all([newScore(), newScore()]),
    Promise.all(parts.map((part) => runServices(at, [part], data))),
  ]);
  const applied = await leadstream('apply', '--data', data);
  expect([applied.end, applied.err]).toEqual([0, '']);
}, 120_000);

afterAll(async () => {
  await endAll();
  folder.remove();
});

const PEOPLE = ['ann', 'bob', 'cid', 'dan', 'eve', 'fay', 'gus', 'hal'];

test('events over HTTP become triggers and handoffs; two instances of score share its partitions', async () => {
  await Promise.all(scores.map((one) => untilOpen(one, 2)));
  for (const userId of PEOPLE.slice(0, 3)) await becomesMql(collect.url, data, userId);
});

test('of two instances one is killed, and the other goes on; SIGTERM hands over at once', async () => {
  const [first, second] = scores;
  if (first === undefined || second === undefined) throw new Error('two instances of score run');
  const killed = performance.now();
  await second.kill('SIGKILL');
  for (const userId of PEOPLE.slice(3, 5)) {
    await post(collect.url, '/v1/track', { userId, event: 'Subscribed', messageId: `${userId} Subscribed` });
  }
  await untilOpen(first, 4);
  const takenOver = performance.now() - killed;
  expect(takenOver).toBeLessThan(2 * SESSION);
  for (const userId of PEOPLE.slice(3, 5)) await becomesMql(collect.url, data, userId);

  const third = await newScore();
  await Promise.all([untilOpen(first, 2), untilOpen(third, 2)]);
  const asked = performance.now();
  const [handedOver, ended] = await Promise.all([
    untilOpen(third, 4).then(() => performance.now() - asked),
    handOver(first).then(() => performance.now() - asked),
  ]);
  expect(handedOver).toBeLessThan(SESSION / 2);
  expect(ended).toBeLessThan(SESSION / 2);
  scores = [third];
  for (const userId of PEOPLE.slice(5)) await becomesMql(collect.url, data, userId);
});

async function refusedCall(url: string): Promise<void> {
  const body = JSON.stringify({ userId: 'ann', event: 'Asset Downloaded', messageId: 'bad' });
  const headers = { 'content-type': 'application/json' };
  expect((await fetch(`${url}/v1/track`, { method: 'POST', headers, body })).status).toBe(400);
}

test('dashboard, explanations and dead letters are what they are embedded', async () => {
  const dir = join(folder.dir, 'embedded');
  const embedded = await startServer(dir);
  for (const userId of PEOPLE) await becomesMql(embedded.url, dir, userId);
  for (const { url } of [embedded, collect]) await refusedCall(url);
  const same = async () =>
    expect(await shown(dashboard.url, data, PEOPLE)).toEqual(await shown(embedded.url, dir, PEOPLE));
  await vi.waitFor(same, { timeout: 15_000, interval: 500 });
  await embedded.kill('SIGKILL');
});

/** A record of lead.events in a schema that the registry does not have yet; `register` mends that. */
async function ahead(userId: string) {
  const registry = new SchemaRegistry({ host: at.registry });
  const register = async (subject: string, schema: object) =>
    (await registry.register({ type: SchemaType.AVRO, schema: JSON.stringify(schema) }, { subject })).id;
  const named = at.prefix.replace(/\W/g, '_');
  const before = await register(`${at.prefix}before`, { type: 'record', name: `${named}before`, fields: [] });
  const text = (name: string) => ({ name, type: 'string' });
  const long = (name: string) => ({ name, type: { type: 'long', logicalType: 'timestamp-millis' } });
  const personal = { type: 'record', name: 'leadstream.Personal', fields: [text('user_id')] };
  const schema = {
    type: 'record',
    name: 'leadstream.LeadEvent',
    fields: [
      ...['event_id', 'publisher', 'name', named].map(text),
      ...['occurred_at', 'received_at'].map(long),
      { name: 'personal', type: personal },
    ],
  } as const;
  const now = Date.now();
  const header = Buffer.alloc(5);
  header.writeUInt32BE(before + 1, 1);
  const event = { event_id: `${userId} early`, publisher: 'crm', name: 'trial_started', [named]: 'of its own' };
  const personally = { occurred_at: now, received_at: now, personal: { user_id: userId } };
  return {
    bytes: Buffer.concat([header, avsc.Type.forSchema(schema as never).toBuffer({ ...event, ...personally })]),
    async register() {
      expect(await register(`${at.prefix}crm`, schema)).toBe(before + 1);
    },
  };
}

test('a record that came before its schema is a dead letter until it is sent again, then it counts once', async () => {
  const early = await ahead('ida');
  const producer = plainClient(at).producer({ allowAutoTopicCreation: false });
  await producer.connect();
  await producer.send({ topic: at.prefix + TOPICS.events, messages: [{ partition: 0, value: early.bytes }] });
  await producer.disconnect();
  const letter = await vi.waitFor(async () => {
    const [line = ''] = (await askWell('dead-letters', 'list', '--data', data, '--json', '--limit', '1')).split('\n');
    const { dead_letter_id, reason, original_base64 } = JSON.parse(line);
    expect([reason, original_base64]).toEqual(['undecodable', early.bytes.toString('base64')]);
    return dead_letter_id as string;
  }, PATIENCE);
  await early.register();
  for (const times of ['once', 'twice']) {
    const again = await ask('dead-letters', 'retry', letter, '--data', data);
    expect([times, again]).toEqual([times, { end: 0, out: '1 sent again, 0 refused again.\n', err: '' }]);
  }
  const sql = "SELECT count() FROM activities WHERE event_id = 'ida early'";
  const count = () => askWell('sql', sql, '--data', data, '--format', 'TSVRaw');
  await vi.waitFor(async () => expect(await count()).toBe('1\n'), PATIENCE);
});

test('nothing of all that is a difference, and SIGTERM ends every process in order', async () => {
  expect(await askWell('verify', '--data', data)).toMatch(/\nNo differences\.\n$/);
  await handOver(collect, ...scores, ...rest, dashboard);
});
