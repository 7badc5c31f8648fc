import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Admin } from 'kafkajs';
import { expect, inject, onTestFinished, test, vi } from 'vitest';
import { createClient } from '#lib/log/kafka/client';
import { partitionCounts } from '#lib/log/kafka/partition-counts';
import { KAFKA_DEFAULTS, type KafkaSettings } from '#lib/log/kafka/settings';
import { checkPartitions, countsOf } from '#lib/log/kafka/topics/partitions';
import { recordedPartitions } from '#lib/log/kafka/topics/recorded';
import { isUsable } from '#lib/log/kafka/topics/report';
import { type SettleOptions, settleTopics } from '#lib/log/kafka/topics/settle';
import { TOPICS } from '#schemas/topics';
import { startBroker } from '../../../../infra/kafka/broker.ts';
import { freePort } from '../../../../infra/kafka/port.ts';
import { aclConfig, saslConfig, selfSigned, tlsConfig } from '../../../../infra/kafka/security.ts';

const NAMES = Object.values(TOPICS);

function ownSettings(brokers: readonly string[] = inject('kafka').brokers): KafkaSettings {
  return { ...KAFKA_DEFAULTS, brokers, prefix: `topics-${randomUUID().slice(0, 8)}.` };
}

/** Looks after the topics of an installation of its own. */
function settling(kafka: KafkaSettings) {
  return (other: Partial<SettleOptions> = {}) =>
    settleTopics({
      kafka,
      partitions: undefined,
      replication: undefined,
      retentionDays: 30,
      checkOnly: false,
      ...other,
    });
}

async function adminOf(kafka: KafkaSettings): Promise<Admin> {
  const admin = createClient(kafka).admin();
  await admin.connect();
  onTestFinished(async () => {
    const own = (await admin.listTopics()).filter((topic) => kafka.prefix !== '' && topic.startsWith(kafka.prefix));
    if (own.length > 0) await admin.deleteTopics({ topics: own });
    await admin.disconnect();
  });
  return admin;
}

const statuses = async (report: ReturnType<ReturnType<typeof settling>>) =>
  (await report).topics.map(({ status }) => status);

test('a check creates nothing; then all are created, once, with their counts on record', async () => {
  const kafka = ownSettings();
  const { prefix } = kafka;
  const admin = await adminOf(kafka);
  const settle = settling(kafka);

  const checked = await settle({ checkOnly: true });
  expect(checked.topics.map(({ status }) => status)).toEqual(NAMES.map(() => 'missing'));
  expect(isUsable(checked)).toBe(false);
  await expect(partitionCounts(admin, [`${prefix}lead.events`])).rejects.toThrow(
    `Kafka has no topic ${prefix}lead.events; create them with: leadstream topics`,
  );

  const created = await settle({ partitions: 3 });
  expect(isUsable(created)).toBe(true);
  expect(created.differences).toEqual([]);
  expect(
    created.topics.map(({ topic, partitions, retention, status }) => [topic, partitions, retention, status]),
  ).toEqual(
    NAMES.map((topic) => {
      const expires = topic === TOPICS.events || topic === TOPICS.deadLetters;
      return [`${prefix}${topic}`, expires ? 1 : 3, expires ? 2_592_000_000 : null, 'created'];
    }),
  );
  expect(await statuses(settle())).toEqual(NAMES.map(() => 'ok'));
  const found = await partitionCounts(
    admin,
    NAMES.map((topic) => `${prefix}${topic}`),
  );
  const counts = countsOf(prefix, new Map(Array.from(found, ([name, partitions]) => [name, { partitions }])));
  const recorded = await recordedPartitions(admin, prefix);
  expect(recorded).toEqual(counts);
  expect(checkPartitions({ prefix, counts, recorded })).toEqual([]);
});

test('two processes that create the topics at the same time both succeed', async () => {
  const kafka = ownSettings();
  await adminOf(kafka);
  const reports = await Promise.all([settling(kafka)(), settling(kafka)()]);
  expect(reports.map(isUsable)).toEqual([true, true]);
  const created = reports.flatMap(({ topics }) => topics).filter(({ status }) => status === 'created');
  expect(created.map(({ topic }) => topic).sort()).toEqual(NAMES.map((topic) => `${kafka.prefix}${topic}`).sort());
});

test('another number of partitions is refused: asked for, or added on the broker', async () => {
  const kafka = ownSettings();
  const admin = await adminOf(kafka);
  const settle = settling(kafka);
  await settle({ partitions: 2 });
  const asked = await settle({ partitions: 5 });
  expect(isUsable(asked)).toBe(false);
  expect(asked.differences).toEqual([
    expect.objectContaining({ severity: 'fault', where: `${kafka.prefix}lead.activity`, is: '2', should: '5' }),
  ]);

  await admin.createPartitions({ topicPartitions: [{ topic: `${kafka.prefix}lead.scores`, count: 3 }] });
  const changed = await settle();
  expect(changed.differences).toEqual([
    expect.objectContaining({ severity: 'fault', where: `${kafka.prefix}lead.scores`, is: '3', should: '2' }),
  ]);
  expect((await recordedPartitions(admin, kafka.prefix))?.get(TOPICS.scores)).toBe(2);
});

test('a topic that somebody made with other settings is told, and left as it is', async () => {
  const kafka = ownSettings();
  const admin = await adminOf(kafka);
  const stages = `${kafka.prefix}lead.stages`;
  const compacted = { name: 'cleanup.policy', value: 'compact' };
  await admin.createTopics({
    waitForLeaders: false,
    topics: [{ topic: stages, numPartitions: 2, configEntries: [compacted] }],
  });
  await vi.waitFor(() => partitionCounts(admin, [stages]), { timeout: 10_000 });
  const settle = settling(kafka);
  for (const status of ['created', 'ok']) {
    const { topics, differences } = await settle();
    expect(topics.map((topic) => [topic.partitions, topic.status])).toEqual([
      [1, status],
      [2, status],
      [2, status],
      [2, 'differs'],
      [2, status],
      [2, status],
      [2, status],
      [1, status],
    ]);
    expect(differences.map(({ severity, what, is }) => [severity, what, is])).toEqual([
      ['fault', 'cleanup.policy', 'compact'],
      ['fault', 'retention.ms', '604800000 (7d)'],
      ['warning', 'max.message.bytes', '1048588'],
    ]);
  }
});

test('a kept topic that was deleted is not created again; after all were deleted everything starts anew', async () => {
  const kafka = ownSettings();
  const admin = await adminOf(kafka);
  const settle = settling(kafka);
  await settle({ partitions: 2 });
  await admin.deleteTopics({ topics: [`${kafka.prefix}lead.handoffs`] });
  const report = await settle();
  expect(report.differences).toEqual([
    expect.objectContaining({ severity: 'fault', where: `${kafka.prefix}lead.handoffs`, is: 'gone' }),
  ]);
  expect(report.topics.filter(({ status }) => status === 'missing')).toHaveLength(1);

  const rest = NAMES.filter((topic) => topic !== TOPICS.handoffs).map((topic) => `${kafka.prefix}${topic}`);
  await admin.deleteTopics({ topics: rest });
  const anew = await settle({ partitions: 3 });
  expect(anew.topics.map(({ status }) => status)).toEqual(NAMES.map(() => 'created'));
  expect(isUsable(anew)).toBe(true);
});

test('more copies than there are brokers are refused in one line', async () => {
  await expect(settling(ownSettings())({ replication: 3 })).rejects.toThrow(
    /^creating \S+lead\.\S+: the cluster has too few brokers for 3 copies; choose fewer with --replication$/,
  );
});

async function own(config: (dir: string) => Promise<Record<string, string>>): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'leadstream-broker-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const ports = { port: await freePort(), controllerPort: await freePort() };
  const broker = await startBroker({ ...ports, dir, config: await config(dir) });
  onTestFinished(() => broker.stop());
  return broker.address;
}

const plain = (username: string, password: string) => ({ mechanism: 'plain' as const, username, password });

test('where nobody listens, or a broker without TLS or log-ins, one line says so', async () => {
  const kafka = ownSettings();
  const at = kafka.brokers.join(', ');
  const nobody = `127.0.0.1:${await freePort()}`;
  await expect(settling({ ...kafka, brokers: [nobody] })()).rejects.toThrow(
    `no Kafka broker listens at ${nobody}; start it, or name another address with --brokers`,
  );
  await expect(settling({ ...kafka, tls: {} })()).rejects.toThrow(
    `Kafka at ${at} does not speak TLS; name its TLS port with --brokers, or leave out --tls`,
  );
  await expect(settling({ ...kafka, sasl: plain('ada', 'x') })()).rejects.toThrow(
    `Kafka at ${at} takes no log-in on this port; name its SASL port with --brokers, or set no LEADSTREAM_SASL_MECHANISM`,
  );
});

test('refused log-ins and missing ACLs are one line each', async () => {
  const at = await own(async () => ({ ...saslConfig({ admin: 'secret', guest: 'guest' }), ...aclConfig(['admin']) }));
  const kafka = ownSettings([at]);
  await expect(settling(kafka)()).rejects.toThrow(
    `Kafka at ${at} hangs up: it may want TLS (--tls) or a log-in (LEADSTREAM_SASL_MECHANISM, _USER and _PASSWORD); see its log`,
  );
  await expect(settling({ ...kafka, sasl: plain('guest', 'wrong') })()).rejects.toThrow(
    `Kafka at ${at} refuses the user or the password; see LEADSTREAM_SASL_USER and LEADSTREAM_SASL_PASSWORD`,
  );
  const scram = { ...plain('guest', 'guest'), mechanism: 'scram-sha-512' as const };
  await expect(settling({ ...kafka, sasl: scram })()).rejects.toThrow(
    `Kafka at ${at} does not know the log-in scram-sha-512; choose another LEADSTREAM_SASL_MECHANISM`,
  );
  await expect(settling({ ...kafka, sasl: plain('guest', 'guest') })()).rejects.toThrow(
    /needs DESCRIBE, DESCRIBE_CONFIGS and CREATE on \S+lead\.\*, .*: Kafka denies it \(TOPIC_AUTHORIZATION_FAILED\)/,
  );
  expect(isUsable(await settling({ ...kafka, sasl: plain('admin', 'secret') })())).toBe(true);
});

test('TLS connects with the right certificates, and without them one line says what lacks', async () => {
  let certificate = '';
  const at = await own(async (dir) => {
    const identity = await selfSigned(dir);
    certificate = identity.certificate;
    return tlsConfig(identity);
  });
  const kafka = ownSettings([at]);
  await expect(settling(kafka)()).rejects.toThrow(`Kafka at ${at} hangs up: it may want TLS (--tls) or a log-in`);
  await expect(settling({ ...kafka, tls: {} })()).rejects.toThrow(
    `the certificate of Kafka at ${at} is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT); name the PEM file of its authority in LEADSTREAM_TLS_CA`,
  );
  expect(isUsable(await settling({ ...kafka, tls: { ca: certificate } })())).toBe(true);
});
