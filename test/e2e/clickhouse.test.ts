import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type TestFolder, testFolder } from '#test/contracts/folder';
import { clickHouseOf } from '#test/process/clickhouse-process';
import { endAll, leadstream } from '#test/process/command';
import { type Server, startServer } from '#test/process/server';
import { rowsOf } from '#test/process/tables';

/** What happens to ClickHouse is nothing to those who publish. */

const PATIENCE = { timeout: 60_000, interval: 50 };

let folder: TestFolder;
let dir: string;

beforeEach(() => {
  folder = testFolder();
  dir = join(folder.dir, 'data');
});

afterEach(async () => {
  await endAll();
  folder.remove();
});

function serverOf(data: string): number {
  return clickHouseOf(data) ?? expect.fail('no server was started');
}

function isThere(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

async function metric(server: Server, name: string): Promise<number> {
  const text = await (await server.get('/metrics')).text();
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
}

async function readiness(server: Server): Promise<string> {
  return (await server.get('/readyz')).text();
}

test('an analyst who wants everything, and a ClickHouse that dies again and again, hold up no acknowledgement', async () => {
  const server = await startServer(dir, '--clickhouse-port', '0');
  const [, url = '', user = ''] = await server.printed(/ClickHouse for analysts: (\S+), as user (\w+) /);
  const password = readFileSync(join(dir, 'clickhouse-password'), 'utf8').trim();
  const ask = (sql: string) =>
    fetch(url, { method: 'POST', body: sql, headers: { 'x-clickhouse-user': user, 'x-clickhouse-key': password } });
  expect((await ask('SELECT count() FROM leads')).status).toBe(200);

  let stop = false;
  const slowest = { ms: 0 };
  const accepted: string[] = [];
  const publishing = (async () => {
    for (let n = 0; !stop; n++) {
      const event = { messageId: `event-${n}`, userId: `user-${n % 7}`, event: 'Trial Started' };
      const began = performance.now();
      const answer = await server.post('/v1/track', event);
      slowest.ms = Math.max(slowest.ms, performance.now() - began);
      expect(answer.status).toBe(200);
      accepted.push(event.messageId);
      await sleep(5);
    }
  })();
  const greedy = [
    "SELECT uniqExact(toString(number) || repeat('x', 200)) FROM numbers(1000000000)",
    'SELECT sum(sipHash64(number)) FROM numbers(100000000000)',
    'SELECT count() FROM numbers(1000000) AS a CROSS JOIN numbers(1000000) AS b WHERE a.number + b.number = 5',
  ];
  const asking = greedy.map((sql) =>
    ask(sql).then(
      (answer) => answer.text(),
      () => 'broke off',
    ),
  );
  await sleep(1_500);
  for (let kills = 1; kills <= 3; kills++) {
    process.kill(serverOf(dir), 'SIGKILL');
    if (kills === 1) await expect.poll(() => readiness(server), { ...PATIENCE, interval: 5 }).toContain('ClickHouse');
    await expect.poll(() => metric(server, 'leadstream_clickhouse_restarts_total'), PATIENCE).toBe(kills);
    await sleep(200);
  }
  stop = true;
  await publishing;
  await Promise.all(asking);

  // Rows that were under way are written again, and nothing becomes a dead letter.
  await expect.poll(() => readiness(server), PATIENCE).toContain('"ready"');
  expect(await metric(server, 'leadstream_clickhouse_up')).toBe(1);
  expect(await metric(server, 'leadstream_clickhouse_resident_bytes')).toBeGreaterThan(10_000_000);
  expect(server.said()).toMatch(/ClickHouse is down and is started again: it was ended by SIGKILL/);
  const verified = await leadstream('verify', '--data', dir);
  expect([verified.end, verified.out]).toEqual([0, expect.stringContaining('No differences.')]);
  expect(await rowsOf(dir, 'SELECT toUInt32(count()) AS events FROM activities')).toEqual([
    { events: accepted.length },
  ]);
  expect(await rowsOf(dir, 'SELECT toUInt32(count()) AS letters FROM dead_letters')).toEqual([{ letters: 0 }]);
  expect(accepted.length).toBeGreaterThan(50);
  expect(slowest.ms).toBeLessThan(5_000);

  // Ctrl-C ends both; a reading command then has a server of its own for as long as it takes.
  const pid = serverOf(dir);
  expect(await server.kill('SIGINT')).toMatchObject({ end: 0 });
  expect(isThere(pid)).toBe(false);
  expect(await rowsOf(dir, 'SELECT toUInt32(count()) AS events FROM activities')).toEqual([
    { events: accepted.length },
  ]);
  expect(isThere(serverOf(dir))).toBe(false);
  expect(serverOf(dir)).not.toBe(pid);
});

test('users may only read, whoever asks', async () => {
  const server = await startServer(dir);
  for (const sql of [
    'DROP TABLE leads_rows',
    "SELECT * FROM file('/etc/hostname', 'LineAsString')",
    "SELECT 1 INTO OUTFILE 'x'",
  ]) {
    const { end, out, err } = await leadstream('sql', sql, '--data', dir);
    expect([sql, end, out, err]).toEqual([
      sql,
      1,
      '',
      expect.stringMatching(/^leadstream: [^\n]*(Not enough privileges|OUTFILE)[^\n]*\n$/),
    ]);
  }
  expect(await server.kill('SIGINT')).toMatchObject({ end: 0 });
});
