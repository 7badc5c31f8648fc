import { join } from 'node:path';
import { COMPATIBILITY, SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { identityHash } from '#lib/hash/keyed';
import { TOPICS } from '#schemas/topics';
import { identifier, idOf } from '#services/identify/identifier';
import {
  allAtWork,
  askWell,
  dataFolder,
  handOver,
  type Installation,
  install,
  newInstallation,
  runServices,
  startServices,
} from '#test/kafka/given';
import { becomesMql } from '#test/kafka/lead';
import { asAdmin } from '#test/kafka/records';
import { refusal, traces } from '#test/kafka/refusal';
import { endAll, leadstream } from '#test/process/command';
import { freePort } from '../../infra/kafka/port.ts';

afterEach(endAll);

test('where no broker listens, or topics lack, one line says what to do and nothing is registered', async () => {
  const at = newInstallation();
  const nobody = `127.0.0.1:${await freePort()}`;
  const [unreachable, missing] = await Promise.all([
    refusal({ ...at, flags: ['--brokers', nobody, '--prefix', at.prefix] }, []),
    refusal(at, []),
  ]);
  expect(unreachable).toBe(
    `leadstream: no Kafka broker listens at ${nobody}; start it, or name another address with --brokers\n`,
  );
  const names = Object.values(TOPICS).map((topic) => `${at.prefix}${topic}`);
  expect(missing).toBe(`leadstream: Kafka has no topic ${names.join(', ')}; create them with: leadstream topics\n`);
  const subjects = (await (await fetch(`${at.registry}/subjects`)).json()) as string[];
  expect(subjects.filter((subject) => subject.startsWith(at.prefix))).toEqual([]);
  expect(await traces(at)).toEqual({ groups: [], ends: {} });
});

test('partition counts that do not fit each other, or are not those of the first day, are refused', async () => {
  const [uneven, grown] = [newInstallation(), await install(2)];
  const counts = new Map<string, number>([
    [TOPICS.events, 1],
    [TOPICS.scores, 3],
    [TOPICS.deadLetters, 1],
  ]);
  const topics = Object.values(TOPICS).map((topic) => ({
    topic: `${uneven.prefix}${topic}`,
    numPartitions: counts.get(topic) ?? 2,
  }));
  const scores = `${grown.prefix}${TOPICS.scores}`;
  await asAdmin(uneven, async (admin) => {
    await admin.createTopics({ topics, waitForLeaders: true });
    await admin.createPartitions({ topicPartitions: [{ topic: scores, count: 3 }] });
    // A new partition has no leader for a moment.
    await vi.waitFor(async () => expect(await admin.fetchTopicOffsets(scores)).toHaveLength(3), { timeout: 20_000 });
  });
  const before = await Promise.all([traces(uneven), traces(grown)]);
  const [never, changed] = await Promise.all([refusal(uneven, ['score']), refusal(grown, ['score'])]);
  expect(never).toContain(`leadstream: ${uneven.prefix}${TOPICS.scores}: partitions is 3, should be 2; it must have`);
  expect(changed).toContain(`leadstream: ${scores}: partitions is 3, should be 2; it was created with 2.`);
  expect(await Promise.all([traces(uneven), traces(grown)])).toEqual(before);
});

test('a schema that this version cannot read, another compatibility, or no registry stop the start', async () => {
  const [newer, other] = await Promise.all([install(1), install(1)]);
  const registry = new SchemaRegistry({ host: newer.registry });
  const register = (at: Installation, topic: string, record: string, fields: object[], compatibility: COMPATIBILITY) =>
    registry.register(
      {
        type: SchemaType.AVRO,
        schema: JSON.stringify({ type: 'record', name: record, namespace: 'leadstream', fields }),
      },
      { subject: `${at.prefix}${topic}-leadstream.${record}`, compatibility },
    );
  const mistyped = [{ name: 'event_id', type: 'int' }];
  await register(newer, TOPICS.events, 'LeadEvent', mistyped, COMPATIBILITY.BACKWARD_TRANSITIVE);
  await register(other, TOPICS.events, 'ModelSubmitted', [], COMPATIBILITY.NONE);
  const down = `http://127.0.0.1:${await freePort()}`;
  const before = await Promise.all([traces(newer), traces(other)]);
  const [incompatible, lax, unreachable] = await Promise.all([
    refusal(newer, []),
    refusal(other, []),
    refusal(other, [], '--registry', down),
  ]);
  expect(incompatible).toMatch(
    new RegExp(
      `^leadstream: subject ${newer.prefix}lead.events-leadstream.LeadEvent at the schema registry holds a schema that this version of Leadstream cannot read: .*; start the version that registered it, or give what was added here a default\n$`,
    ),
  );
  expect(lax).toContain(
    `subject ${other.prefix}lead.events-leadstream.ModelSubmitted with compatibility NONE; set it to BACKWARD_TRANSITIVE`,
  );
  expect(unreachable).toMatch(new RegExp(`^leadstream: .*${down}.*; start it, or name another one with --registry\n$`));
  expect(await Promise.all([traces(newer), traces(other)])).toEqual(before);
});

test('a process whose port is taken takes nothing from those that run; one with tables of its own leaves them again', async () => {
  const at = await install(2);
  const data = join(dataFolder(), 'data');
  const first = await runServices(at, [], data);
  const ready = async () => expect((await fetch(`${first.url}/readyz`)).status).toBe(200);
  await allAtWork(first, 2);
  await vi.waitFor(ready, { timeout: 20_000 });
  const [before, said] = [await traces(at), first.said()];
  const { port } = new URL(first.url);
  const [whole, alone] = await Promise.all([
    refusal(at, [], '--port', port),
    refusal(at, ['score'], '--operation-port', port),
  ]);
  expect(whole).toBe(`leadstream: port ${port} on 127.0.0.1 is in use; choose another one with --port\n`);
  expect(alone).toBe(`leadstream: port ${port} on 127.0.0.1 is in use; choose another one with --operation-port\n`);
  // a rebalance or a fenced task would have been told
  expect(first.said()).toBe(said);
  await ready();
  expect(await traces(at)).toEqual(before);

  const other = await startServices(at, [], join(dataFolder(), 'data')).ended;
  const [line, ...more] = other.err.trimEnd().split('\n');
  expect([other.end, more, line]).toEqual([
    1,
    [],
    'leadstream: another instance runs analyze, and this one would have a part of the tables only; run it once, or name a ClickHouse server with --clickhouse',
  ]);
  await becomesMql(first.url, data, 'ann');
  expect(await askWell('verify', '--data', data)).toMatch(/\nNo differences\.\n$/);
  await handOver(first);
});

test('topics that were written with another key of identifiers are refused before anything is joined', async () => {
  const at = await install(1);
  vi.stubEnv('LEADSTREAM_IDENTITY_KEY', 's3cret');
  onTestFinished(() => void vi.unstubAllEnvs());
  const data = dataFolder();
  const running = await runServices(at, [], data);
  await becomesMql(running.url, data, 'ann');
  const { lead_id: lead }: { lead_id: string } = JSON.parse(await askWell('explain', 'ann', '--data', data, '--json'));
  expect(lead).toBe(idOf(identifier('user', 'ann', identityHash('s3cret').hash)));
  await handOver(running);
  const before = await traces(at);

  vi.stubEnv('LEADSTREAM_IDENTITY_KEY', 'other');
  for (const parts of [['identify'], []]) {
    expect(await refusal(at, parts)).toMatch(
      `leadstream: ${at.prefix}${TOPICS.activity} cannot be used: its identifiers are hashed with a key of fingerprint`,
    );
  }
  expect(await traces(at)).toEqual(before);
});

test('when none of its services runs any more, a command on their folder says so and begins no log there', async () => {
  const at = await install(1);
  const data = join(dataFolder(), 'data');
  await handOver(await runServices(at, [], data), await runServices(at, ['collect'], data));
  for (const folder of [data, join(data, 'collect-1')]) {
    expect(await leadstream('apply', '--data', folder)).toMatchObject({
      end: 1,
      err: expect.stringMatching(/^leadstream: the log of \S+ is on Kafka, and nothing runs here: .*\n$/),
    });
  }
});
