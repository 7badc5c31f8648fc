import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { type SmallDisk, smallDisk, testFolder } from '#test/contracts/folder';
import { endAll, leadstream } from '#test/process/command';
import { writeEvents } from '#test/process/events-file';
import { type Server, startServer } from '#test/process/server';
import { allTables, rowsOf } from '#test/process/tables';

let disk: SmallDisk | undefined;

afterEach(async () => {
  await endAll();
  disk?.remove();
  disk = undefined;
});

/** Sends one event and gives the status and what was said. */
async function send(server: Server, id: string): Promise<{ readonly status: number; readonly answer: unknown }> {
  const properties = { note: 'x'.repeat(2000) };
  const response = await server.post('/v1/track', {
    messageId: id,
    userId: `u-${id}`,
    event: 'Subscribed',
    properties,
  });
  return { status: response.status, answer: await response.json() };
}

/** Ids of events sent one after another until `enough` says so, by whether they were acknowledged. */
async function sendMany(server: Server, name: string, enough: (refused: number, sent: number) => boolean) {
  const acknowledged: string[] = [];
  const refused: { readonly id: string; readonly status: number; readonly answer: unknown }[] = [];
  for (let number = 0; !enough(refused.length, number); number++) {
    const id = `${name}-${number}`;
    const { status, answer } = await send(server, id);
    if (status === 200) acknowledged.push(id);
    else refused.push({ id, status, answer });
  }
  return { acknowledged, refused };
}

async function expectThere(dir: string, ids: readonly string[], absent: readonly string[] = []): Promise<void> {
  const rows = await rowsOf(dir, 'SELECT event_id FROM activities');
  const there = new Set(rows.map(({ event_id }) => String(event_id)));
  expect(ids.filter((id) => !there.has(id))).toEqual([]);
  expect(absent.filter((id) => there.has(id))).toEqual([]);
}

async function expectClean(dir: string): Promise<void> {
  expect(await leadstream('verify', '--data', dir)).toMatchObject({
    end: 0,
    out: expect.stringContaining('No differences.'),
  });
}

test('on a full disk publishers are refused with a reason, nothing acknowledged is lost, and with room it goes on', async () => {
  disk = smallDisk('96m');
  process.stdout.write(`step 1 ${Math.round(performance.now())}\n`);
  const dir = join(disk.dir, 'data');
  process.stdout.write(`step 2 ${Math.round(performance.now())}\n`);
  const server = await startServer(dir);
  process.stdout.write(`step 3 ${Math.round(performance.now())}\n`);
  const before = await sendMany(server, 'before', (_, sent) => sent === 100);
  process.stdout.write(`step 4 ${Math.round(performance.now())}\n`);
  expect(before.refused).toEqual([]);
  process.stdout.write(`step 5 ${Math.round(performance.now())}\n`);

  disk.fill('ballast');
  process.stdout.write(`step 6 ${Math.round(performance.now())}\n`);
  const full = await sendMany(server, 'full', (refused, sent) => refused >= 20 || sent >= 2000);
  process.stdout.write(`step 7 ${Math.round(performance.now())}\n`);
  expect(full.refused.length).toBeGreaterThanOrEqual(20);
  process.stdout.write(`step 8 ${Math.round(performance.now())}\n`);
  for (const { status, answer } of full.refused) {
    expect([status, answer]).toEqual([
      503,
      { success: false, reason: 'unavailable', detail: expect.stringMatching(/nothing was stored.*disk.*full/) },
    ]);
  }
  await sleep(2000);
  process.stdout.write(`step 9 ${Math.round(performance.now())}\n`);
  expect((await server.get('/healthz')).status).toBe(200);
  process.stdout.write(`step 10 ${Math.round(performance.now())}\n`);
  expect(server.isRunning()).toBe(true);
  process.stdout.write(`step 11 ${Math.round(performance.now())}\n`);

  rmSync(join(disk.dir, 'ballast'));
  process.stdout.write(`step 12 ${Math.round(performance.now())}\n`);
  const after = await sendMany(server, 'after', (_, sent) => sent === 100);
  process.stdout.write(`step 13 ${Math.round(performance.now())}\n`);
  expect(after.refused).toEqual([]);
  process.stdout.write(`step 14 ${Math.round(performance.now())}\n`);
  const acknowledged = [...before.acknowledged, ...full.acknowledged, ...after.acknowledged];
  process.stdout.write(`step 15 ${Math.round(performance.now())}\n`);
  const absent = full.refused.map(({ id }) => id);
  process.stdout.write(`step 16 ${Math.round(performance.now())}\n`);
  await expectClean(dir);
  process.stdout.write(`step 17 ${Math.round(performance.now())}\n`);
  await expectThere(dir, acknowledged, absent);
  process.stdout.write(`step 18 ${Math.round(performance.now())}\n`);
  expect(await server.kill('SIGINT')).toMatchObject({ end: 0 });
  process.stdout.write(`step 19 ${Math.round(performance.now())}\n`);
  await expectClean(dir);
  process.stdout.write(`step 20 ${Math.round(performance.now())}\n`);
});

test('killed while the disk is full, it has all that was acknowledged once there is room', async () => {
  disk = smallDisk('96m');
  process.stdout.write(`step 21 ${Math.round(performance.now())}\n`);
  const dir = join(disk.dir, 'data');
  process.stdout.write(`step 22 ${Math.round(performance.now())}\n`);
  const first = await startServer(dir);
  process.stdout.write(`step 23 ${Math.round(performance.now())}\n`);
  const before = await sendMany(first, 'before', (_, sent) => sent === 100);
  process.stdout.write(`step 24 ${Math.round(performance.now())}\n`);
  disk.fill('ballast');
  process.stdout.write(`step 25 ${Math.round(performance.now())}\n`);
  const full = await sendMany(first, 'full', (refused, sent) => refused >= 20 || sent >= 2000);
  process.stdout.write(`step 26 ${Math.round(performance.now())}\n`);
  await first.kill('SIGKILL');
  process.stdout.write(`step 27 ${Math.round(performance.now())}\n`);

  expect(await leadstream('start', '--data', dir, '--port', '0')).toMatchObject({
    end: 1,
    err: expect.stringMatching(/^leadstream: [^\n]*(full|room)[^\n]*\n$/),
  });
  rmSync(join(disk.dir, 'ballast'));
  process.stdout.write(`step 28 ${Math.round(performance.now())}\n`);
  const second = await startServer(dir);
  process.stdout.write(`step 29 ${Math.round(performance.now())}\n`);
  const after = await sendMany(second, 'after', (_, sent) => sent === 100);
  process.stdout.write(`step 30 ${Math.round(performance.now())}\n`);
  await expectClean(dir);
  process.stdout.write(`step 31 ${Math.round(performance.now())}\n`);
  await expectThere(
    dir,
    [...before.acknowledged, ...full.acknowledged, ...after.acknowledged],
    full.refused.map(({ id }) => id),
  );
  expect(await second.kill('SIGINT')).toMatchObject({ end: 0 });
  process.stdout.write(`step 32 ${Math.round(performance.now())}\n`);
});

test('an import that fills the disk says so, and run again with room it ends as on a large disk', async () => {
  const large = testFolder();
  process.stdout.write(`step 33 ${Math.round(performance.now())}\n`);
  try {
    const file = join(large.dir, 'events.ndjson');
    process.stdout.write(`step 34 ${Math.round(performance.now())}\n`);
    writeEvents(file, 60, 11, 40);
    const expected = join(large.dir, 'data');
    process.stdout.write(`step 35 ${Math.round(performance.now())}\n`);
    expect(await leadstream('import', file, '--data', expected)).toMatchObject({ end: 0 });
    process.stdout.write(`step 36 ${Math.round(performance.now())}\n`);
    disk = smallDisk('96m');
    process.stdout.write(`step 37 ${Math.round(performance.now())}\n`);
    writeFileSync(join(disk.dir, 'ballast'), Buffer.alloc(90 * 1024 * 1024));
    process.stdout.write(`step 38 ${Math.round(performance.now())}\n`);
    const dir = join(disk.dir, 'data');
    process.stdout.write(`step 39 ${Math.round(performance.now())}\n`);
    expect(await leadstream('import', file, '--data', dir)).toMatchObject({
      end: 1,
      err: expect.stringMatching(/leadstream: [^\n]*(full|room)[^\n]*\n$/),
    });
    rmSync(join(disk.dir, 'ballast'));
    process.stdout.write(`step 40 ${Math.round(performance.now())}\n`);
    expect(await leadstream('import', file, '--data', dir)).toMatchObject({ end: 0 });
    process.stdout.write(`step 41 ${Math.round(performance.now())}\n`);
    expect(await allTables(dir)).toBe(await allTables(expected));
    process.stdout.write(`step 42 ${Math.round(performance.now())}\n`);
    await expectClean(dir);
    process.stdout.write(`step 43 ${Math.round(performance.now())}\n`);
  } finally {
    large.remove();
  }
});

test('a read-only data folder is one clear line', async () => {
  disk = smallDisk('96m');
  process.stdout.write(`step 44 ${Math.round(performance.now())}\n`);
  const dir = join(disk.dir, 'data');
  process.stdout.write(`step 45 ${Math.round(performance.now())}\n`);
  const server = await startServer(dir);
  process.stdout.write(`step 46 ${Math.round(performance.now())}\n`);
  await sendMany(server, 'before', (_, sent) => sent === 10);
  process.stdout.write(`step 47 ${Math.round(performance.now())}\n`);
  expect(await server.kill('SIGINT')).toMatchObject({ end: 0 });
  process.stdout.write(`step 48 ${Math.round(performance.now())}\n`);
  disk.makeReadOnly();
  process.stdout.write(`step 49 ${Math.round(performance.now())}\n`);
  for (const args of [['start', '--port', '0'], ['verify'], ['sql', 'SELECT 1'], ['import', '-']]) {
    const { end, out, err } = await leadstream(...args, '--data', dir);
    process.stdout.write(`step 50 ${Math.round(performance.now())}\n`);
    expect([args[0], end, out, err]).toEqual([
      args[0],
      1,
      '',
      expect.stringMatching(/^leadstream: [^\n]*read-only; make it writable or use another --data folder\n$/),
    ]);
  }
  disk.makeWritable();
  process.stdout.write(`step 51 ${Math.round(performance.now())}\n`);
  await expectClean(dir);
  process.stdout.write(`step 52 ${Math.round(performance.now())}\n`);
});
