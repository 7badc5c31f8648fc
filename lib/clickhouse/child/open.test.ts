import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderOfChdb, newFolder, runs, startHolder } from '#lib/clickhouse/child/given';
import { openClickHouse } from '#lib/clickhouse/child/open';
import { freePort } from '#lib/clickhouse/child/ports';
import { createClickHouseSink } from '#lib/clickhouse/sink';
import { clickHouseContract } from '#test/contracts/clickhouse';

const PATIENCE = { timeout: 30_000, interval: 20 };

clickHouseContract('a server of our own', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'leadstream-'));
  return {
    open: () => openClickHouse({ dir: join(folder, 'clickhouse') }),
    dispose: () => rm(folder, { recursive: true }),
  };
});

test('a folder that cannot be used is an outage that names it', async () => {
  const folder = await newFolder();
  await writeFile(join(folder, 'file'), '');
  await expect(openClickHouse({ dir: join(folder, 'file') })).rejects.toMatchObject({
    retriable: true,
    message: expect.stringContaining(join(folder, 'file')),
  });
});

test('a folder that chDB has written is gone on with', async () => {
  const dir = await folderOfChdb();
  const clickhouse = await openClickHouse({ dir });
  expect(await clickhouse.rows('SELECT count() AS facts, max(id) AS last FROM told')).toEqual([
    { facts: 1000, last: 999 },
  ]);
  await clickhouse.insert('facts', ['id'], [[999], [1000]]);
  expect(await clickhouse.rows('SELECT count() AS facts FROM told')).toEqual([{ facts: 1001 }]);
  await clickhouse.close();
});

test('of several that begin at one port at the same time each gets a port of its own', async () => {
  const port = await freePort(20_000 + Math.floor(Math.random() * 10_000));
  const folders = await Promise.all([newFolder(), newFolder(), newFolder()]);
  const servers = await Promise.all(folders.map((folder) => openClickHouse({ dir: join(folder, 'clickhouse'), port })));
  const states = await Promise.all(servers.map((server) => server.state()));
  for (const server of servers) expect(await server.rows('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await Promise.all(servers.map((server) => server.close()));

  expect(new Set(states.map(({ url }) => url)).size).toBe(3);
}, 60_000);

test('a part that a merge has left unreadable is healed by what it was merged from', async () => {
  const dir = join(await newFolder(), 'clickhouse');
  const clickhouse = await openClickHouse({ dir });
  await clickhouse.command('CREATE TABLE facts (id UInt64) ENGINE = MergeTree ORDER BY id');
  for (const id of [1, 2, 3]) await clickhouse.insert('facts', ['id'], [[id]]);
  await clickhouse.command('OPTIMIZE TABLE facts FINAL');
  const [part] = await clickhouse.rows("SELECT path FROM system.parts WHERE table = 'facts' AND active");
  const path = String(part?.path);
  const marks = (await readdir(path)).find((file) => file.startsWith('data.') && file.includes('mrk'));
  await truncate(join(path, String(marks)));

  expect(await clickhouse.rows('SELECT count() AS facts, sum(id) AS sum FROM facts')).toEqual([{ facts: 3, sum: 6 }]);
  expect(await clickhouse.rows('SELECT id FROM facts WHERE id > 1 ORDER BY id')).toEqual([{ id: 2 }, { id: 3 }]);
  expect(await clickhouse.state()).toMatchObject({ restarts: 1 });
  await clickhouse.close();
}, 60_000);

test('a folder that is in use is an outage that names who uses it, and goes on to be used', async () => {
  const dir = join(await newFolder(), 'clickhouse');
  const clickhouse = await openClickHouse({ dir });
  await expect(openClickHouse({ dir })).rejects.toMatchObject({
    retriable: true,
    message: `cannot open ${dir}: process ${process.pid} is using it`,
  });
  expect(await clickhouse.rows('SELECT 1 AS n')).toEqual([{ n: 1 }]);
  await clickhouse.close();
});

test('it has lower priority, a folder of its own, tells its memory, and ends when it is closed', async () => {
  const dir = join(await newFolder(), 'clickhouse');
  const clickhouse = await openClickHouse({ dir });
  const { pid = 0, residentBytes, restarts } = await clickhouse.state();
  expect(getPriority(pid)).toBe(getPriority() + 10 > 19 ? 19 : 10);
  if (process.platform === 'linux') {
    expect(Number(await readFile(`/proc/${pid}/oom_score_adj`, 'utf8'))).toBeGreaterThan(0);
  }
  expect([(await stat(dir)).mode & 0o077, (await stat(join(dir, 'server'))).mode & 0o077]).toEqual([0, 0]);
  expect(residentBytes).toBeGreaterThan(10_000_000);
  expect(restarts).toBe(0);
  await clickhouse.close();
  expect(await runs(pid)).toBe(false);
  await expect(clickhouse.rows('SELECT 1')).rejects.toMatchObject({ code: 'closed' });
});

test.each<NodeJS.Signals>(['SIGKILL', 'SIGSEGV'])(
  'ended by %s it is started again, and what is asked meanwhile waits',
  async (signal) => {
    const dir = join(await newFolder(), 'clickhouse');
    const told: string[] = [];
    const clickhouse = await openClickHouse({
      dir,
      observer: { down: (reason) => told.push(reason), up: () => told.push('up') },
    });
    const first = await clickhouse.state();
    process.kill(first.pid ?? 0, signal);
    await expect.poll(() => told, PATIENCE).toEqual([`it was ended by ${signal}`]);
    expect(await clickhouse.rows('SELECT 1 AS n')).toEqual([{ n: 1 }]);
    const second = await clickhouse.state();
    expect(second).toMatchObject({ restarts: 1, url: first.url });
    expect(second.pid).not.toBe(first.pid);
    await clickhouse.close();
  },
);

test('killed in mid-insert again and again, it loses no acknowledged row, and what is repeated counts once', async () => {
  const dir = join(await newFolder(), 'clickhouse');
  const clickhouse = await openClickHouse({ dir });
  await clickhouse.command(
    'CREATE TABLE facts (id UInt64, text String) ENGINE = ReplacingMergeTree ORDER BY id SETTINGS fsync_after_insert = 1',
  );
  const sink = createClickHouseSink(clickhouse);
  let unknown = 0;
  let written = 0;
  for (let kills = 0; kills < 4; kills++) {
    const { pid = 0, restarts } = await clickhouse.state();
    let killed = false;
    setTimeout(
      () => {
        killed = process.kill(pid, 'SIGKILL');
      },
      40 + 60 * kills,
    );
    // A writer as the runtime is one: what has no answer is unknown, and repeated with equal keys.
    while (!killed || (await clickhouse.state()).restarts === restarts) {
      const rows = Array.from({ length: 2_000 }, (_, i) => ({
        table: 'facts',
        row: { id: written + i, text: 'x'.repeat(200) },
      }));
      for (let done = false; !done; ) {
        try {
          await sink.write(rows);
          done = true;
        } catch (thrown) {
          expect(thrown).toMatchObject({ code: 'outage', retriable: true });
          unknown++;
        }
      }
      written += rows.length;
    }
  }
  expect(unknown).toBeGreaterThan(0);
  expect(await clickhouse.rows('SELECT count() AS facts, toUInt64(max(id)) + 1 AS next FROM facts FINAL')).toEqual([
    { facts: written, next: written },
  ]);
  await clickhouse.close();
});

test('it ends with its parent, however that ends, and the next one finds all that was acknowledged', async () => {
  const dir = join(await newFolder(), 'clickhouse');
  const holder = await startHolder(dir);
  await expect.poll(holder.acknowledged, PATIENCE).toBeGreaterThan(3);
  await holder.kill();
  const last = holder.acknowledged();
  await expect.poll(() => runs(holder.pid), PATIENCE).toBe(false);
  const clickhouse = await openClickHouse({ dir });
  const [whole] = await clickhouse.rows(`SELECT count() AS rows FROM held FINAL WHERE n <= ${last}`);
  expect(whole).toEqual({ rows: last * 500 });
  await clickhouse.close();
});

test('one that a former process has left and that does not end is ended before the folder is opened', async () => {
  const dir = join(await newFolder(), 'clickhouse');
  const holder = await startHolder(dir);
  process.kill(holder.pid, 'SIGSTOP');
  await holder.kill();
  expect(await runs(holder.pid)).toBe(true);
  const clickhouse = await openClickHouse({ dir });
  expect(await runs(holder.pid)).toBe(false);
  expect((await clickhouse.rows('SELECT count() AS rows FROM held')).length).toBe(1);
  await clickhouse.close();
});

test('a statement that wants all the memory fails by itself', async () => {
  const dir = join(await newFolder(), 'clickhouse');
  const clickhouse = await openClickHouse({ dir });
  const { pid } = await clickhouse.state();
  const greedy = "SELECT uniqExact(toString(number) || repeat('x', 100)) FROM numbers(100000000)";
  const read = async () => {
    for await (const _piece of clickhouse.query(greedy, 'CSV'));
  };
  await expect(read()).rejects.toThrow('the statement needs too much memory: ask for less, by WHERE or LIMIT');
  const { residentBytes, ...state } = await clickhouse.state();
  expect(state).toMatchObject({ pid, restarts: 0 });
  await clickhouse.close();
});
