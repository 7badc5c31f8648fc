import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import { type SmallDisk, smallDisk, testFolder } from '#test/contracts/folder';
import { endAll, leadstream, startLeadstream } from '#test/process/command';
import { writeEvents } from '#test/process/events-file';
import { type Server, startServer } from '#test/process/server';
import { allTables, rowsOf } from '#test/process/tables';

const PATIENCE = { timeout: 30_000, interval: 200 };

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

/** What was acknowledged last may still be on its way. */
async function expectThere(dir: string, ids: readonly string[], absent: readonly string[] = []): Promise<void> {
  await vi.waitFor(async () => {
    const rows = await rowsOf(dir, 'SELECT event_id FROM activities');
    const there = new Set(rows.map(({ event_id }) => String(event_id)));
    expect(ids.filter((id) => !there.has(id))).toEqual([]);
    expect(absent.filter((id) => there.has(id))).toEqual([]);
  }, PATIENCE);
}

async function expectClean(dir: string): Promise<void> {
  const { end, out, err } = await leadstream('verify', '--data', dir);
  expect(out + err).toContain('No differences.');
  expect(end).toBe(0);
}

test('on a full disk publishers are refused with a reason, nothing acknowledged is lost, and with room it goes on', async () => {
  disk = smallDisk('96m');
  const dir = join(disk.dir, 'data');
  const server = await startServer(dir);
  const before = await sendMany(server, 'before', (_, sent) => sent === 100);
  expect(before.refused).toEqual([]);

  disk.fill('ballast');
  const full = await sendMany(server, 'full', (refused, sent) => refused >= 20 || sent >= 2000);
  expect(full.refused.length).toBeGreaterThanOrEqual(20);
  for (const { status, answer } of full.refused) {
    expect([status, answer]).toEqual([
      503,
      { success: false, reason: 'unavailable', detail: expect.stringMatching(/nothing was stored.*disk.*full/) },
    ]);
  }
  await sleep(2000);
  expect((await server.get('/healthz')).status).toBe(200);
  expect(server.isRunning()).toBe(true);

  rmSync(join(disk.dir, 'ballast'));
  const after = await sendMany(server, 'after', (_, sent) => sent === 100);
  expect(after.refused).toEqual([]);
  const acknowledged = [...before.acknowledged, ...full.acknowledged, ...after.acknowledged];
  const absent = full.refused.map(({ id }) => id);
  await expectClean(dir);
  await expectThere(dir, acknowledged, absent);
  expect(await server.kill('SIGINT')).toMatchObject({ end: 0 });
  await expectClean(dir);
});

test('killed while the disk is full, it has all that was acknowledged once there is room', async () => {
  disk = smallDisk('96m');
  const dir = join(disk.dir, 'data');
  const first = await startServer(dir);
  const before = await sendMany(first, 'before', (_, sent) => sent === 100);
  disk.fill('ballast');
  const full = await sendMany(first, 'full', (refused, sent) => refused >= 20 || sent >= 2000);
  await first.kill('SIGKILL');

  expect(await leadstream('start', '--data', dir, '--port', '0')).toMatchObject({
    end: 1,
    err: expect.stringMatching(/^leadstream: [^\n]*(full|room)[^\n]*\n$/),
  });
  rmSync(join(disk.dir, 'ballast'));
  const second = await startServer(dir);
  const after = await sendMany(second, 'after', (_, sent) => sent === 100);
  await expectClean(dir);
  await expectThere(
    dir,
    [...before.acknowledged, ...full.acknowledged, ...after.acknowledged],
    full.refused.map(({ id }) => id),
  );
  expect(await second.kill('SIGINT')).toMatchObject({ end: 0 });
});

test('an import that fills the disk says so, and with room it ends as on a large disk', async () => {
  const large = testFolder();
  try {
    const file = join(large.dir, 'events.ndjson');
    writeEvents(file, 150, 11, 40);
    const expected = join(large.dir, 'data');
    expect(await leadstream('import', file, '--data', expected)).toMatchObject({ end: 0 });
    disk = smallDisk('200m');
    const dir = join(disk.dir, 'data');
    const importing = startLeadstream('import', file, '--data', dir);
    // A bad line is told when it is in the log: the first ones long before the import is done.
    await importing.printed(/^line \d+: /m);
    disk.fill('ballast');
    await importing.printed(/(is full|not enough space)/);
    rmSync(join(disk.dir, 'ballast'));
    // What was being written when the disk was full decides whether it waits for room or ends.
    const { end, err } = await importing.ended;
    if (end !== 0) {
      expect([end, err]).toEqual([1, expect.stringMatching(/^leadstream: [^\n]*is full[^\n]*$/m)]);
      expect(await leadstream('import', file, '--data', dir)).toMatchObject({ end: 0 });
    }
    expect(await allTables(dir)).toBe(await allTables(expected));
    await expectClean(dir);
  } finally {
    large.remove();
  }
}, 240_000);

test('an import for which the disk is too small says what it needs, and does nothing', async () => {
  const large = testFolder();
  try {
    const file = join(large.dir, 'events.ndjson');
    writeEvents(file, 150, 11);
    disk = smallDisk('24m');
    const dir = join(disk.dir, 'data');
    const { end, out, err } = await leadstream('import', file, '--data', dir);
    expect([end, out]).toEqual([1, '']);
    // where opening takes its time, a line of progress comes before
    expect(err.replace(/^0 lines, 0 events done, [^\n]+\n/, '')).toMatch(
      /^leadstream: the import needs about \d+\.\d MB of free disk in \S+, and \d+\.\d MB are free: make room, or use another --data folder\n$/,
    );
    expect(existsSync(join(dir, 'import'))).toBe(false);
  } finally {
    large.remove();
  }
});

test('a read-only data folder is one clear line', async () => {
  disk = smallDisk('96m');
  const dir = join(disk.dir, 'data');
  const server = await startServer(dir);
  await sendMany(server, 'before', (_, sent) => sent === 10);
  expect(await server.kill('SIGINT')).toMatchObject({ end: 0 });
  disk.makeReadOnly();
  for (const args of [['start', '--port', '0'], ['verify'], ['sql', 'SELECT 1'], ['import', '-']]) {
    const { end, out, err } = await leadstream(...args, '--data', dir);
    expect([args[0], end, out, err]).toEqual([
      args[0],
      1,
      '',
      expect.stringMatching(/^leadstream: [^\n]*read-only; make it writable or use another --data folder\n$/),
    ]);
  }
  disk.makeWritable();
  await expectClean(dir);
});
