import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { cacheBudget } from '#app/cache/budget';
import type { Environment } from '#app/kafka/environment';
import { type KafkaRuntimeSettings, readSettings } from '#app/kafka/settings';
import { identityHash } from '#lib/hash/keyed';
import { sha256 } from '#lib/hash/sha256';
import { KAFKA_DEFAULTS } from '#lib/log/kafka/settings';

async function settingsOf(flags: object, environment: Environment): Promise<KafkaRuntimeSettings> {
  const outcome = await readSettings(flags, environment);
  if (outcome.kind === 'faults') throw new Error(outcome.faults.join('\n'));
  return outcome.settings;
}

async function faultsOf(flags: object, environment: Environment): Promise<readonly string[]> {
  const outcome = await readSettings(flags, environment);
  return outcome.kind === 'faults' ? outcome.faults : [];
}

const PEM = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';

function pemFile(text: string): string {
  const dir = mkdtempSync(join(tmpdir(), 'settings-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const path = join(dir, 'ca.pem');
  writeFileSync(path, text);
  return path;
}

test('without flags and variables everything is on this machine', async () => {
  expect(await settingsOf({}, { PATH: '/bin' })).toEqual({
    kafka: { ...KAFKA_DEFAULTS, brokers: ['127.0.0.1:9092'], tls: undefined, sasl: undefined },
    registry: { url: 'http://127.0.0.1:8081', prefix: '' },
    clickhouse: undefined,
    data: './data',
    host: '127.0.0.1',
    port: 8080,
    operationPort: 0,
    sources: undefined,
    cache: cacheBudget(undefined),
    identity: { hash: sha256, key: null },
    logLevel: 'info',
    topics: { partitions: undefined, replication: undefined, retentionDays: 30 },
  });
});

test('a flag wins over its variable, and an empty variable is none', async () => {
  const environment = {
    LEADSTREAM_BROKERS: 'a:1, b:2',
    LEADSTREAM_PREFIX: 'acme.',
    LEADSTREAM_TLS: 'true',
    LEADSTREAM_PORT: '9000',
    LEADSTREAM_DATA: '',
    LEADSTREAM_SOURCES: 'a.yaml',
  };
  const byVariable = await settingsOf({}, environment);
  expect(byVariable).toMatchObject({
    kafka: { brokers: ['a:1', 'b:2'], prefix: 'acme.', tls: {} },
    data: './data',
    sources: 'a.yaml',
  });
  const flags = { brokers: 'c:3', prefix: '', tls: false, port: '1', sources: 'b.yaml' };
  const byFlag = await settingsOf(flags, environment);
  expect(byFlag).toMatchObject({ kafka: { brokers: ['c:3'], prefix: '', tls: undefined }, port: 1, sources: 'b.yaml' });
});

test('log-ins, certificates and lengths of time come from variables', async () => {
  const ca = pemFile(PEM);
  const settings = await settingsOf(
    { registry: 'https://registry:8081', clickhouse: 'http://clickhouse:8123' },
    {
      LEADSTREAM_TLS: 'true',
      LEADSTREAM_TLS_CA: ca,
      LEADSTREAM_SASL_MECHANISM: 'SCRAM-SHA-512',
      LEADSTREAM_SASL_USER: 'ada',
      LEADSTREAM_SASL_PASSWORD: ' p w ',
      LEADSTREAM_REGISTRY_USER: 'reg',
      LEADSTREAM_REGISTRY_PASSWORD: 'rp',
      LEADSTREAM_CLICKHOUSE_PASSWORD: 'cp',
      LEADSTREAM_SESSION_TIMEOUT: '1m',
      LEADSTREAM_HEARTBEAT_INTERVAL: '500ms',
    },
  );
  expect(settings.kafka).toMatchObject({
    tls: { ca: PEM },
    sasl: { mechanism: 'scram-sha-512', username: 'ada', password: ' p w ' },
    sessionTimeout: 60_000,
    heartbeatInterval: 500,
  });
  expect(settings.registry).toMatchObject({ auth: { username: 'reg', password: 'rp' }, tls: { ca: PEM } });
  expect(settings.clickhouse).toEqual({ url: 'http://clickhouse:8123', password: 'cp' });
});

test.each([
  [
    { brokers: 'kafka' },
    {},
    "--brokers: 'kafka' is no list of brokers; write host:port, separated by commas, e.g. kafka-1:9092,kafka-2:9092",
  ],
  [{}, { LEADSTREAM_BROKERS: 'kafka:0' }, /^LEADSTREAM_BROKERS: 'kafka:0' is no list of brokers; write/],
  [{ prefix: 'a/b' }, {}, /^--prefix: 'a\/b' cannot begin the name of a topic; write/],
  [{ port: 'http' }, {}, "--port: 'http' is no whole number from 0 to 65535; write e.g. 8080"],
  [{ operationPort: '-1' }, {}, "--operation-port: '-1' is no whole number from 0 to 65535; write e.g. 8080"],
  [{ partitions: '0' }, {}, "--partitions: '0' is no whole number from 1 to 1000; write e.g. 4"],
  [{}, { LEADSTREAM_TLS: 'yes' }, "LEADSTREAM_TLS: 'yes' is neither yes nor no; write true or false"],
  [{}, { LEADSTREAM_SESSION_TIMEOUT: '10' }, /'10' is no length of time from 6s to 30m; write e\.g\. 6s$/],
  [{}, { LEADSTREAM_HEARTBEAT_INTERVAL: '10ms' }, /'10ms' is no length of time from 100ms to 1m; write e\.g\. 100ms$/],
  [
    {},
    { LEADSTREAM_HEARTBEAT_INTERVAL: '4s' },
    /^LEADSTREAM_HEARTBEAT_INTERVAL: is more than a third of LEADSTREAM_SESSION/,
  ],
  [{}, { LEADSTREAM_LOG_LEVEL: 'loud' }, /'loud' is not known; write one of trace, debug, info, warn, error, fatal/],
  [
    { registry: 'registry:8081' },
    {},
    "--registry: 'registry:8081' is no address over HTTP; write e.g. http://127.0.0.1:8081",
  ],
  [
    {},
    { LEADSTREAM_TLS_CA: '/ca.pem' },
    'LEADSTREAM_TLS_CA: is set, but has no effect; set LEADSTREAM_TLS=true, or unset it',
  ],
  [
    {},
    { LEADSTREAM_SASL_USER: 'ada' },
    /^LEADSTREAM_SASL_USER: is set, but has no effect; set LEADSTREAM_SASL_MECHANISM/,
  ],
  [
    {},
    { LEADSTREAM_CLICKHOUSE_USER: 'ada' },
    /^LEADSTREAM_CLICKHOUSE_USER: is set, but has no effect; set LEADSTREAM_CLICKHOUSE to/,
  ],
  [
    {},
    { LEADSTREAM_REGISTRY_USER: 'ada' },
    /^LEADSTREAM_REGISTRY_PASSWORD: is missing, and LEADSTREAM_REGISTRY_USER is of no use/,
  ],
  [
    { tls: true },
    { LEADSTREAM_TLS_CA: '/none.pem' },
    'LEADSTREAM_TLS_CA: /none.pem cannot be read: there is no such file; name another file',
  ],
])('%j with %j is named with what to write instead', async (flags, environment, line) => {
  expect(await faultsOf(flags, environment)).toEqual([typeof line === 'string' ? line : expect.stringMatching(line)]);
});

test('a file that is no PEM text is named', async () => {
  const path = pemFile('hello');
  expect(await faultsOf({ tls: true }, { LEADSTREAM_TLS_CA: path })).toEqual([
    `LEADSTREAM_TLS_CA: ${path} holds no PEM text; name a file that begins with -----BEGIN`,
  ]);
});

test('every fault is told at once', async () => {
  expect(await faultsOf({ port: 'x', brokers: 'y' }, { LEADSTREAM_TLS: '1', LEADSTREAM_TSL: '1' })).toHaveLength(4);
});

test('no fault shows a password', async () => {
  const environment = {
    LEADSTREAM_SASL_PASSWORD: 'secret-1',
    LEADSTREAM_REGISTRY: 'http://ada:secret-2@registry',
    LEADSTREAM_CLICKHOUSE: 'ftp:/ada:secret-3@clickhouse',
    LEADSTREAM_REGISTRY_PASSWORD: 'secret-4',
  };
  const faults = await faultsOf({}, environment);
  expect(faults).toHaveLength(2);
  expect(faults[0]).toContain('write them into LEADSTREAM_REGISTRY_USER and LEADSTREAM_REGISTRY_PASSWORD');
  expect(faults.join()).not.toContain('secret');
  expect((await faultsOf({}, { LEADSTREAM_SASL_PASSWORD: 'secret-1' })).join()).not.toContain('secret-1');
});

test('the key of identifiers is given by a variable or by a file, and both are a fault', async () => {
  const file = pemFile('s3cret\n');
  const { key } = identityHash('s3cret');
  expect((await settingsOf({}, { LEADSTREAM_IDENTITY_KEY: 's3cret' })).identity.key).toBe(key);
  expect((await settingsOf({}, { LEADSTREAM_IDENTITY_KEY_FILE: file })).identity.key).toBe(key);
  const both = { LEADSTREAM_IDENTITY_KEY: 's3cret', LEADSTREAM_IDENTITY_KEY_FILE: file };
  expect(await faultsOf({}, both)).toEqual([
    'LEADSTREAM_IDENTITY_KEY and LEADSTREAM_IDENTITY_KEY_FILE are both set; unset one of them',
  ]);
});

test('a misspelt variable is named with the one that was probably meant', async () => {
  expect(await faultsOf({}, { LEADSTREAM_BROKER: 'a:1', LEADSTREAM_COLOUR: 'red' })).toEqual([
    'LEADSTREAM_BROKER: there is no such setting; did you mean LEADSTREAM_BROKERS?',
    'LEADSTREAM_COLOUR: there is no such setting; unset it',
  ]);
});

test('variables of other parts, and those that Kubernetes sets for a service called leadstream, are left alone', async () => {
  const settings = await settingsOf(
    {},
    {
      LEADSTREAM_CHROMIUM: '/usr/bin/chromium',
      LEADSTREAM_PORT: 'tcp://10.0.0.1:80',
      LEADSTREAM_PORT_80_TCP_ADDR: '10.0.0.1',
      LEADSTREAM_COLLECT_SERVICE_HOST: '10.0.0.2',
      LEADSTREAM_COLLECT_SERVICE_PORT_HTTP: '80',
    },
  );
  expect(settings.port).toBe(8080);
});
