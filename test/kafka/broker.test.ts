import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kafka, type KafkaConfig, logLevel } from 'kafkajs';
import { afterEach, expect, inject, onTestFinished, test, vi } from 'vitest';
import { type Broker, type BrokerOptions, startBroker } from '../../infra/kafka/broker.ts';
import { classpathOf, streamsClasspath } from '../../infra/kafka/classpath.ts';
import { requireJava } from '../../infra/kafka/java.ts';
import { ownerFile } from '../../infra/kafka/owner.ts';
import { freePort } from '../../infra/kafka/port.ts';
import { aclConfig, saslConfig, selfSigned, tlsConfig } from '../../infra/kafka/security.ts';

afterEach(() => vi.unstubAllEnvs());

function clientOf(address: string, config: Partial<KafkaConfig> = {}): Kafka {
  return new Kafka({ brokers: [address], logLevel: logLevel.NOTHING, retry: { retries: 8 }, ...config });
}

async function newFolder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'leadstream-broker-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

async function start(dir: string, options: Partial<BrokerOptions> = {}): Promise<Broker> {
  const broker = await startBroker({ port: await freePort(), controllerPort: await freePort(), ...options, dir });
  onTestFinished(() => broker.stop());
  return broker;
}

async function createTopics(kafka: Kafka, ...topics: string[]): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: topics.map((topic) => ({ topic, numPartitions: 1 })), waitForLeaders: true });
  await admin.disconnect();
}

async function send(kafka: Kafka, topic: string, ...values: string[]): Promise<void> {
  const producer = kafka.producer();
  await producer.connect();
  await producer.send({ topic, messages: values.map((value) => ({ value })) });
  await producer.disconnect();
}

/** The first records of topics as "topic: value", in order within each topic. */
async function read(kafka: Kafka, groupId: string, count: number, ...topics: string[]): Promise<string[]> {
  const consumer = kafka.consumer({ groupId });
  await consumer.connect();
  await consumer.subscribe({ topics, fromBeginning: true });
  const records: string[] = [];
  await new Promise<void>((resolve, reject) => {
    consumer
      .run({
        eachMessage: async ({ topic, message }) => {
          records.push(`${topic}: ${message.value}`);
          if (records.length === count) resolve();
        },
      })
      .catch(reject);
  });
  await consumer.disconnect();
  return records.sort();
}

test('records of two topics reach a consumer; a topic that nobody created does not exist', async () => {
  const [address = ''] = inject('kafka').brokers;
  const kafka = clientOf(address);
  await createTopics(kafka, 'broker-one', 'broker-two');
  await send(kafka, 'broker-one', 'a', 'b');
  await send(kafka, 'broker-two', 'c');
  expect(await read(kafka, 'broker-test', 3, 'broker-one', 'broker-two')).toEqual([
    'broker-one: a',
    'broker-one: b',
    'broker-two: c',
  ]);
  await expect(send(clientOf(address, { retry: { retries: 0 } }), 'broker-none', 'd')).rejects.toThrow(
    'does not host this topic-partition',
  );
});

test('a broker killed and started again on its folder, on other ports, has its id, records and positions', async () => {
  const dir = await newFolder();
  const first = await start(dir);
  const before = clientOf(first.address);
  await createTopics(before, 'kept');
  await send(before, 'kept', 'a', 'b');
  expect(await read(before, 'reader', 2, 'kept')).toEqual(['kept: a', 'kept: b']);
  const cluster = await clusterOf(before);
  await first.kill();
  expect(await first.exited).toBe('SIGKILL');

  const second = await start(dir);
  expect(second.address).not.toBe(first.address);
  const after = clientOf(second.address);
  expect(await clusterOf(after)).toBe(cluster);
  await send(after, 'kept', 'c');
  expect(await read(after, 'reader', 1, 'kept')).toEqual(['kept: c']);
  expect(await read(after, 'new reader', 3, 'kept')).toEqual(['kept: a', 'kept: b', 'kept: c']);
  await second.stop();
  expect(await second.exited).toBe(143);
});

async function clusterOf(kafka: Kafka): Promise<string> {
  const admin = kafka.admin();
  await admin.connect();
  const { clusterId } = await admin.describeCluster();
  await admin.disconnect();
  return clusterId;
}

test('a folder whose broker runs is refused, and that broker goes on', async () => {
  const dir = await newFolder();
  const broker = await start(dir);
  await expect(start(dir)).rejects.toThrow(`a broker runs on ${dir} already, as process ${broker.pid}`);
  await createTopics(clientOf(broker.address), 'after');
  await send(clientOf(broker.address), 'after', 'a');
});

test('a port in use is named', async () => {
  const port = await freePort();
  const server = createServer().listen(port, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  await expect(start(await newFolder(), { port })).rejects.toThrow(`port ${port} of 127.0.0.1, for Kafka, is in use`);
});

test('a broker that ends on start says its last lines', async () => {
  const config = { 'num.io.threads': 'many' };
  await expect(start(await newFolder(), { config })).rejects.toThrow(/^Kafka .*num\.io\.threads/s);
});

test('a start given up rejects with the reason, and the folder is free', async () => {
  const dir = await newFolder();
  const givenUp = new AbortController();
  const starting = start(dir, { signal: givenUp.signal });
  await Promise.race([starting, vi.waitUntil(() => existsSync(ownerFile(dir)), { timeout: 60_000, interval: 5 })]);
  givenUp.abort(new Error('not now'));
  await expect(starting).rejects.toThrow('not now');
  await start(dir);
});

test('with SASL and ACLs a wrong password is refused, and a user without an ACL reaches no topic', async () => {
  const users = { admin: 'secret', guest: 'guest' };
  const config = { ...saslConfig(users), ...aclConfig(['admin']) };
  const { address } = await start(await newFolder(), { config });
  const as = (username: string, password: string) =>
    clientOf(address, { sasl: { mechanism: 'plain', username, password }, retry: { retries: 2 } });
  const admin = clientOf(address, { sasl: { mechanism: 'plain', username: 'admin', password: 'secret' } });
  await createTopics(admin, 'guarded');
  await send(admin, 'guarded', 'a');
  expect(await read(admin, 'reader', 1, 'guarded')).toEqual(['guarded: a']);
  await expect(send(as('guest', 'wrong'), 'guarded', 'b')).rejects.toThrow('Authentication failed');
  await expect(send(as('guest', 'guest'), 'guarded', 'b')).rejects.toThrow('Not authorized');
});

test('with TLS only clients that trust the certificate connect', async () => {
  const dir = await newFolder();
  const identity = await selfSigned(dir);
  const { address } = await start(dir, { config: tlsConfig(identity) });
  const trusting = clientOf(address, { ssl: { ca: [identity.certificate] } });
  await createTopics(trusting, 'sealed');
  await send(trusting, 'sealed', 'a');
  expect(await read(trusting, 'reader', 1, 'sealed')).toEqual(['sealed: a']);
  await expect(send(clientOf(address, { ssl: true, retry: { retries: 0 } }), 'sealed', 'b')).rejects.toThrow(
    'self-signed certificate',
  );
});

test('the jars of a Kafka Streams program are found', async () => {
  const jars = await streamsClasspath();
  for (const jar of ['kafka-streams-4', 'rocksdbjni-', 'avro-1.12', 'slf4j-simple-']) expect(jars).toContain(jar);
});

test('without Java or Maven one line says what to install', async () => {
  const dir = await newFolder();
  await writeFile(join(dir, 'pom.xml'), `<project><!-- ${dir} --></project>`);
  vi.stubEnv('PATH', dir);
  vi.stubEnv('JAVA_HOME', '');
  await expect(requireJava()).rejects.toThrow(/^Kafka needs Java 17 or newer, and "java" does not run: install it .*$/);
  await expect(classpathOf(dir)).rejects.toThrow(/^Kafka comes through Maven, and "mvn" does not run: install it .*$/);
});

/** `npm run kafka` on free ports; what it printed is read as it comes. */
async function runKafka(
  dir: string,
): Promise<{ child: ChildProcess; registry: string; until(text: string): Promise<void> }> {
  const [port, controllerPort, registryPort] = [await freePort(), await freePort(), await freePort()];
  const ports = ['--port', port, '--controller-port', controllerPort, '--registry-port', registryPort].map(String);
  const child = spawn(process.execPath, ['bin/kafka.mjs', ...ports, '--dir', dir], { stdio: 'pipe' });
  onTestFinished(() => void child.kill('SIGTERM'));
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
  const until = (text: string) => vi.waitFor(() => expect(said).toContain(text), { timeout: 60_000, interval: 50 });
  return { child, registry: `http://127.0.0.1:${registryPort}`, until };
}

test('npm run kafka says when both are ready, and a signal stops both with exit code 0', async () => {
  const dir = await newFolder();
  const { child, registry, until } = await runKafka(dir);
  const exit = once(child, 'exit');
  await until(`schema registry on ${registry} (Ctrl-C stops both)`);
  expect(await (await fetch(`${registry}/subjects`)).json()).toEqual([]);
  const pid = await readFile(join(dir, 'broker.pid'), 'utf8');
  child.kill('SIGINT');
  expect(await exit).toEqual([0, null]);
  expect(() => process.kill(Number(pid), 0)).toThrow('ESRCH');
});

test('npm run kafka ends with exit code 1 when its broker dies', async () => {
  const dir = await newFolder();
  const { child, until } = await runKafka(dir);
  const exit = once(child, 'exit');
  await until('Kafka is ready');
  process.kill(Number(await readFile(join(dir, 'broker.pid'), 'utf8')), 'SIGKILL');
  expect(await exit).toEqual([1, null]);
  await until('the broker ended by itself (SIGKILL)');
});
