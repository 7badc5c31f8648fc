import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type TestFolder, testFolder } from '#test/contracts/folder';
import { endAll, leadstream } from '#test/process/command';
import { writeEvents } from '#test/process/events-file';
import { createRandom } from '#test/process/random';
import { startServer } from '#test/process/server';
import { allTables, rowsOf } from '#test/process/tables';

let folder: TestFolder;

beforeEach(() => {
  folder = testFolder();
});

afterEach(async () => {
  await endAll();
  folder.remove();
});

/** A new folder with an import of these lines, in as many files as lists are given. */
async function imported(name: string, ...files: readonly (readonly string[])[]): Promise<string> {
  const paths = files.map((lines, i) => {
    const path = join(folder.dir, `${name}-${i}.ndjson`);
    writeFileSync(path, `${lines.join('\n')}\n`);
    return path;
  });
  const dir = join(folder.dir, name);
  expect(await leadstream('import', ...paths, '--data', dir)).toMatchObject({ end: 0 });
  return dir;
}

test('a file newest first, grouped by person, shuffled or in parts gives the same tables as in order of time', async () => {
  const file = join(folder.dir, 'events.ndjson');
  writeEvents(file, 60, 12);
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  const random = createRandom(12);
  const personOf = (line: string) => /"anonymousId":"[^"]*"|"userId":"[^"]*"/.exec(line)?.[0] ?? '';
  const byPerson = [...lines].sort((a, b) => (personOf(a) < personOf(b) ? -1 : 1));
  const shuffled = lines
    .map((line) => ({ line, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ line }) => line);

  const expected = await allTables(await imported('in-order', lines));
  expect(expected.split('\n').filter((row) => /^stage_changes\t.*mql/.test(row)).length).toBeGreaterThan(2);
  expect(await allTables(await imported('newest-first', [...lines].reverse()))).toBe(expected);
  expect(await allTables(await imported('by-person', byPerson))).toBe(expected);
  const middle = Math.floor(shuffled.length / 3);
  const dir = await imported('in-parts', shuffled.slice(middle), shuffled.slice(0, middle));
  expect(await allTables(dir)).toBe(expected);
  expect(await leadstream('verify', '--data', dir)).toMatchObject({ end: 0 });
}, 240_000);

test('a first line dated 2062 is refused by name, and changes nothing about all others', async () => {
  const file = join(folder.dir, 'events.ndjson');
  writeEvents(file, 30, 13);
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  const expected = await imported('right', lines);
  const wrong = lines[lines.length >> 1]?.replace(/"timestamp":"\d{4}/, '"timestamp":"2062') ?? '';
  const other = join(folder.dir, 'wrong.ndjson');
  writeFileSync(other, [wrong.replace(/"messageId":"/, '$&wrong-'), ...lines].join('\n'));
  const dir = join(folder.dir, 'wrong');
  const { end, out, err } = await leadstream('import', other, '--data', dir);
  expect([end, err]).toEqual([
    0,
    expect.stringMatching(/^line 1: it is dated 2062-[^\n]+, in the future: mend its time/m),
  ]);
  expect(out).toContain('1 line is dated in the future and was refused: line 1\n');
  const withoutLetters = async (data: string) =>
    (await allTables(data)).split('\n').filter((row) => !row.startsWith('dead_letters\t'));
  expect(await withoutLetters(dir)).toEqual(await withoutLetters(expected));
});

test('what a source sent live and has in its archive counts once; an archive behind what is logged needs --historic', async () => {
  const dir = join(folder.dir, 'data');
  mkdirSync(dir);
  writeFileSync(join(dir, 'sources.yaml'), 'sources:\n  - { name: website, keys: [write-key-4711], may: website }\n');
  const server = await startServer(dir);
  const auth = { authorization: `Basic ${Buffer.from('write-key-4711:').toString('base64')}` };
  const call = { messageId: 'm-1', userId: 'ann', event: 'Trial Started', timestamp: new Date().toISOString() };
  expect((await server.post('/v1/track', call, auth)).status).toBe(200);
  expect(await server.kill('SIGINT')).toMatchObject({ end: 0 });

  const archive = join(folder.dir, 'archive.ndjson');
  const older = { ...call, messageId: 'm-0', timestamp: '2025-11-01T00:00:00Z' };
  writeFileSync(
    archive,
    `${JSON.stringify({ type: 'track', ...call })}\n${JSON.stringify({ type: 'track', ...older })}\n`,
  );
  const args = ['import', archive, '--data', dir, '--json'];
  const refused = await leadstream(...args, '--source', 'website');
  expect([refused.end, refused.err]).toEqual([
    1,
    expect.stringMatching(
      /^leadstream: line 2 happened at 2025-11-01T00:00:00\.000Z, and all until [^\n]+ is logged: add --historic [^\n]+\n$/,
    ),
  ]);
  const { end, out } = await leadstream(...args, '--source', 'website', '--historic');
  expect(end).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ accepted: 2, duplicates: 1, dead_letters: 0 });
  const rows = await rowsOf(dir, 'SELECT event_id, publisher FROM activities ORDER BY event_id');
  expect(rows).toEqual([
    { event_id: 'm-0', publisher: 'website' },
    { event_id: 'm-1', publisher: 'website' },
  ]);
});
