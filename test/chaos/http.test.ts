import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type TestFolder, testFolder } from '#test/contracts/folder';
import { endAll, leadstream } from '#test/process/command';
import { type Publishers, startPublishers } from '#test/process/publishers';
import { chaosSeed, createRandom } from '#test/process/random';
import { startServer } from '#test/process/server';
import { rowsOf } from '#test/process/tables';

const KILLS = 12;
const PUBLISHERS = 3;

let folder: TestFolder;
let publishers: Publishers | undefined;

beforeEach(() => {
  folder = testFolder();
});

afterEach(async () => {
  await publishers?.stop();
  await endAll();
  folder.remove();
});

test(`killed ${KILLS} times under load, it has every acknowledged event exactly once and verifies clean`, async () => {
  const random = createRandom(chaosSeed('http'));
  const dir = join(folder.dir, 'data');
  let server = await startServer(dir);
  publishers = startPublishers(PUBLISHERS, server.url, random);
  const { told } = publishers;
  const waits: number[] = [];
  for (let kills = 0; kills < KILLS; kills++) {
    const wait = Math.round(random() * 1000);
    waits.push(wait);
    await sleep(wait);
    expect(server.isRunning()).toBe(true);
    await server.kill('SIGKILL');
    server = await startServer(dir);
    publishers.moveTo(server.url);
    await expectClean(dir);
  }
  await expectAllThere(dir, told.acknowledged);
  await publishers.stop();
  await expectClean(dir);
  await expectAllThere(dir, told.acknowledged);
  await expectNothingElse(dir, told.sent);
  const [letters] = await rowsOf(dir, 'SELECT toUInt32(count()) AS kept FROM dead_letters');
  expect(Number(letters?.kept)).toBeGreaterThanOrEqual(told.rejected);
  expect(await server.kill('SIGINT')).toMatchObject({ end: 0 });
  await expectClean(dir);
  process.stdout.write(
    `http: ${KILLS} kills after ${waits.join(' ')} ms, ${told.acknowledged.size} of ${told.sent.size} events acknowledged, ${told.rejected} refused, ${told.failures} requests failed\n`,
  );
  expect(told.failures).toBeGreaterThan(0);
}, 400_000);

test('two who verify at once under load both get a clean answer, and it goes on', async () => {
  const dir = join(folder.dir, 'data');
  const server = await startServer(dir);
  publishers = startPublishers(PUBLISHERS, server.url, createRandom(1));
  await sleep(500);
  await Promise.all([expectClean(dir), expectClean(dir), expectClean(dir)]);
  const before = publishers.told.acknowledged.size;
  await sleep(500);
  await publishers.stop();
  expect(publishers.told.acknowledged.size).toBeGreaterThan(before);
  await expectClean(dir);
  await expectAllThere(dir, publishers.told.acknowledged);
  expect(await server.kill('SIGINT')).toMatchObject({ end: 0 });
});

async function expectClean(dir: string): Promise<void> {
  const { end, out, err } = await leadstream('verify', '--data', dir);
  // on a busy machine it says how far it is
  const complaints = err.replace(/^part \d of \d, .* records read\n/gm, '');
  expect({ end, out, complaints }).toEqual({
    end: 0,
    out: expect.stringContaining('No differences.'),
    complaints: '',
  });
}

/** Every acknowledged event is one activity. A verification first waits until all that was logged is in the tables. */
async function expectAllThere(dir: string, acknowledged: ReadonlySet<string>): Promise<void> {
  const promised = new Set(acknowledged);
  await expectClean(dir);
  const rows = await rowsOf(dir, 'SELECT event_id, count() AS times FROM activities GROUP BY event_id');
  const twice = rows.filter(({ times }) => Number(times) !== 1);
  expect(twice).toEqual([]);
  const there = new Set(rows.map(({ event_id }) => String(event_id)));
  expect([...promised].filter((id) => !there.has(id))).toEqual([]);
}

/** Nothing that was not sent; and the leads' counts and the counters hold each activity once. */
async function expectNothingElse(dir: string, sent: ReadonlySet<string>): Promise<void> {
  const rows = await rowsOf(dir, 'SELECT event_id FROM activities');
  expect(rows.map(({ event_id }) => String(event_id)).filter((id) => !sent.has(id))).toEqual([]);
  const [sums] = await rowsOf(
    dir,
    'SELECT toUInt32((SELECT sum(activities) FROM leads)) AS of_leads, toUInt32((SELECT sum(activities) FROM activity_counters)) AS counted',
  );
  expect(sums).toEqual({ of_leads: rows.length, counted: rows.length });
}
