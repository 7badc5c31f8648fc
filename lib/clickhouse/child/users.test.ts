import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type OwnClickHouse, openClickHouse } from '#lib/clickhouse/child/open';
import { OWNER } from '#lib/clickhouse/child/users';

/** What ClickHouse lets each user do, asked as any of its clients asks. */

const READER = { name: 'analyst', password: 'of <the> "analyst" & co' };
let folder: string;
let clickhouse: OwnClickHouse;
let url: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'leadstream-'));
  clickhouse = await openClickHouse({ dir: folder, reader: READER });
  url = (await clickhouse.state()).url ?? '';
  await clickhouse.command('CREATE TABLE facts (id UInt64) ENGINE = MergeTree ORDER BY id');
  await clickhouse.command('CREATE VIEW told AS SELECT id FROM facts');
  await clickhouse.insert('facts', ['id'], [[1], [2]]);
});

afterAll(async () => {
  await clickhouse.close();
  await rm(folder, { recursive: true });
});

async function ask(sql: string, user?: string, password?: string): Promise<{ status: number; text: string }> {
  const headers = {
    ...(user === undefined ? {} : { 'x-clickhouse-user': user }),
    ...(password === undefined ? {} : { 'x-clickhouse-key': password }),
  };
  const answer = await fetch(url, { method: 'POST', body: sql, headers });
  return { status: answer.status, text: await answer.text() };
}

const asReader = (sql: string) => ask(sql, READER.name, READER.password);

describe('nobody gets in without a password', () => {
  test.each([
    ['nobody', undefined, undefined],
    ['the user that the server starts as', 'default', ''],
    ['that user with any password', 'default', 'x'],
    ['the owner', OWNER, ''],
    ['the owner with a wrong one', OWNER, 'leadstream'],
    ['a reader', READER.name, ''],
    ['a reader with a wrong one', READER.name, 'analyst'],
    ['a user that there is not', 'ann', ''],
  ])('%s', async (_who, user, password) => {
    const { status, text } = await ask('SELECT * FROM facts', user, password);
    expect([status, text]).toEqual([
      expect.toBeOneOf([403, 500]),
      expect.stringMatching(/AUTHENTICATION_FAILED|SESSION_LIMIT/),
    ]);
  });

  test('and none is in the files', async () => {
    const texts = await Promise.all(
      ['users.xml', 'config.xml', 'process.json'].map((file) => readFile(join(folder, 'server', file), 'utf8')),
    );
    expect(texts.join('')).toContain('<password_sha256_hex>');
    expect(texts.join('')).not.toContain('analyst" & co');
    expect(texts.join('')).not.toMatch(/<password>|&co/);
  });
});

describe('a reader', () => {
  test.each([
    'SELECT sum(id) FROM facts',
    'SELECT sum(id) FROM told',
    'WITH n AS (SELECT number FROM numbers(3)) SELECT count() FROM n',
    'SHOW TABLES',
    'DESCRIBE told',
    'EXPLAIN SELECT 1',
    "SELECT name FROM system.tables WHERE database = 'default'",
    "SELECT name FROM system.columns WHERE table = 'facts'",
    "SELECT table_name FROM information_schema.tables WHERE table_schema = 'default'",
    "SELECT name, value FROM system.settings WHERE name = 'max_threads'",
    'SELECT 1 SETTINGS max_execution_time = 5, output_format_json_quote_64bit_integers = 1',
  ])('reads: %s', async (sql) => {
    expect(await asReader(sql)).toMatchObject({ status: 200, text: expect.not.stringContaining('DB::Exception') });
  });

  test.each([
    'INSERT INTO facts VALUES (3)',
    "INSERT INTO FUNCTION file('out.csv') SELECT 1",
    'CREATE TABLE mine (id UInt64) ENGINE = Memory',
    'CREATE VIEW mine AS SELECT 1',
    'CREATE DATABASE mine',
    "CREATE USER mine IDENTIFIED BY 'x'",
    'CREATE FUNCTION mine AS x -> x',
    'DROP TABLE facts',
    'DROP VIEW told',
    'TRUNCATE TABLE facts',
    'ALTER TABLE facts DELETE WHERE 1',
    'ALTER TABLE facts ADD COLUMN text String',
    'OPTIMIZE TABLE facts',
    'GRANT SELECT ON default.* TO analyst',
    'SYSTEM SHUTDOWN',
    'SYSTEM STOP LISTEN HTTP',
    'SYSTEM STOP MERGES facts',
    'KILL QUERY WHERE 1 SYNC',
    "SELECT * FROM file('/etc/hostname', 'LineAsString')",
    "SELECT * FROM url('http://127.0.0.1:1/', 'LineAsString')",
    "SELECT * FROM remote('127.0.0.1', default.facts, 'default', '')",
    "SELECT * FROM s3('http://127.0.0.1:1/bucket/a', 'LineAsString')",
    "SELECT * FROM mysql('127.0.0.1:1', 'a', 'b', 'c', 'd')",
    "SELECT * FROM executable('id', 'LineAsString', 'x String')",
    "SELECT 1 INTO OUTFILE 'out'",
    'SELECT * FROM system.users',
    'SELECT * FROM system.processes',
    'SELECT * FROM system.query_log',
    'SELECT * FROM system.zookeeper',
    'SELECT * FROM system.server_settings',
    `EXECUTE AS ${OWNER} SELECT 1`,
  ])('may not: %s', async (sql) => {
    const { status, text } = await asReader(sql);
    expect(status).not.toBe(200);
    expect(text).toMatch(/ACCESS_DENIED|READONLY|OUTFILE_NOT_ALLOWED|SUPPORT_IS_DISABLED|UNKNOWN_TABLE|SYNTAX_ERROR/);
    expect(await clickhouse.rows('SELECT count() AS facts FROM facts')).toEqual([{ facts: 2 }]);
  });

  test.each([
    'readonly = 0',
    'readonly = 1',
    'max_memory_usage = 0',
    'max_memory_usage = 100000000000',
    'max_memory_usage_for_user = 0',
    'max_execution_time = 0',
    'max_execution_time = 3600',
    'max_threads = 64',
    'max_untracked_memory = 10000000000',
    'max_temporary_data_on_disk_size_for_user = 0',
    'max_temporary_data_on_disk_size_for_query = 0',
    'max_concurrent_queries_for_user = 0',
    'max_sessions_for_user = 100',
    'function_sleep_max_microseconds_per_block = 3000000000',
  ])('may not raise its own limits: %s', async (setting) => {
    const { status, text } = await asReader(`SELECT 1 SETTINGS ${setting}`);
    expect([status, text]).toEqual([
      expect.toBeOneOf([403, 452, 500]),
      expect.stringMatching(/READONLY|SETTING_CONSTRAINT_VIOLATION/),
    ]);
  });
});

test('log-ins that fail and clients that leave at any moment do not end the server', async () => {
  const { pid } = await clickhouse.state();
  const leave = async (text: string) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => {});
    if (text !== '') socket.write(text);
    await sleep(50);
    socket.destroy();
  };
  const basic = Buffer.from(`${READER.name}:${READER.password}`).toString('base64');
  const long = `GET /?query=SELECT+*+FROM+numbers(100000000) HTTP/1.1\r\nHost: x\r\nAuthorization: Basic ${basic}\r\n\r\n`;
  for (let round = 0; round < 3; round++) {
    await ask('SELECT 1', READER.name, 'wrong');
    await ask('SELECT 1', 'default', '');
    await leave('');
    await leave('GET /ping HTTP/1.1\r\n\r\n');
    await leave(`GET /${'x'.repeat(100_000)} HTTP/1.1\r\n\r\n`);
    await leave(long);
    await leave(long.replace('GET', 'POST').replace('\r\n\r\n', '\r\nContent-Length: 1000\r\n\r\nSELECT'));
  }
  expect(await clickhouse.rows('SELECT count() AS facts FROM facts')).toEqual([{ facts: 2 }]);
  expect(await clickhouse.state()).toMatchObject({ pid, restarts: 0 });
});

test('Leadstream itself reaches no file and no other server', async () => {
  await expect(clickhouse.rows("SELECT * FROM file('/etc/hostname', 'LineAsString')")).rejects.toThrow(
    'Not enough privileges',
  );
  await expect(clickhouse.command('SYSTEM SHUTDOWN')).rejects.toThrow('Not enough privileges');
});
