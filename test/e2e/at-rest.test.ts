import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openOwnLog } from '#app/embedded/pipeline';
import { storeFolder } from '#lib/store/lmdb';
import { TOPICS } from '#schemas/topics';
import { event } from '#test/given/event';
import { endAll, leadstream } from '#test/process/command';
import { FILE_END } from '#test/process/events-file';
import { type ImportedFolder, importedFolder } from '#test/process/imported-folder';

let folder: ImportedFolder;
let lead: string;

beforeAll(async () => {
  folder = await importedFolder();
  lead = await asked(folder.whole, 'sql', 'SELECT lead_id FROM leads ORDER BY activities DESC LIMIT 1');
});

afterEach(endAll);
afterAll(() => folder.remove());

async function asked(dir: string, ...args: readonly string[]): Promise<string> {
  const format = args[0] === 'sql' ? ['--format', 'TSVRaw'] : [];
  const { end, out, err } = await leadstream(...args, '--data', dir, ...format);
  expect([args[0], end, err]).toEqual([args[0], 0, '']);
  return out.trim();
}

/** All that the folder is asked. */
async function answers(dir: string): Promise<readonly string[]> {
  const at = new Date(FILE_END).toISOString();
  return [
    await asked(dir, 'explain', lead, '--at', at, '--json'),
    await asked(dir, 'explain', lead, '--at', at, '--as-published', '--json'),
    await asked(dir, 'funnel', '--json'),
    await asked(dir, 'dead-letters', 'list', '--json'),
    await asked(dir, 'sql', 'SELECT count(), round(sum(score_after), 6) FROM activities'),
  ];
}

/** When each file of the log and the stores was written last, and how large it is; locks are of no account. */
function written(dir: string): readonly string[] {
  return ['log', 'stores']
    .flatMap((part) =>
      readdirSync(join(dir, part), { recursive: true, encoding: 'utf8' }).map((one) => join(part, one)),
    )
    .filter((one) => !one.endsWith('lock.mdb') && statSync(join(dir, one)).isFile())
    .map((one) => `${one} ${statSync(join(dir, one)).size} ${statSync(join(dir, one)).mtimeMs}`)
    .sort();
}

test('a folder in which all is worked off answers as it lies, and nothing is written to it', async () => {
  const dir = folder.copy();
  const before = written(dir);
  const first = await answers(dir);
  expect(JSON.parse(first[0] ?? '').contributions.length).toBeGreaterThan(0);
  expect(first[3]).toContain('"reason"');
  expect(written(dir)).toEqual(before);
  expect(await answers(dir)).toEqual(first);
});

test.each([
  ['stores', (dir: string) => join(dir, 'stores')],
  ['the store of one task', (dir: string) => storeFolder(join(dir, 'stores'), 'score+stage+trigger-0')],
  ['tables', (dir: string) => join(dir, 'clickhouse')],
])('without %s it answers the same, once they are there again', async (_, partOf) => {
  const expected = await answers(folder.whole);
  const dir = folder.copy();
  rmSync(partOf(dir), { recursive: true });
  expect(await answers(dir)).toEqual(expected);
});

test('what is logged and not worked off is worked off before it answers', async () => {
  const dir = folder.copy();
  const log = await openOwnLog(dir, {});
  const value = event({ user: 'new-one', event_id: 'late', occurred_at: FILE_END, received_at: FILE_END });
  await log.publish([{ topic: TOPICS.events, partition: 0, key: null, value }]);
  await log.close();
  expect(await asked(dir, 'sql', "SELECT count() FROM activities WHERE event_id = 'late'")).toBe('1');
  expect(JSON.parse(await asked(dir, 'explain', 'new-one', '--json')).lead_id).not.toBe('');
});
