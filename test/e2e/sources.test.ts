import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type TestFolder, testFolder } from '#test/contracts/folder';
import { endAll, leadstream } from '#test/process/command';
import { startServer } from '#test/process/server';
import { rowsOf } from '#test/process/tables';

let folder: TestFolder;
let dir: string;

beforeEach(() => {
  folder = testFolder();
  dir = join(folder.dir, 'data');
  mkdirSync(dir);
});

afterEach(async () => {
  await endAll();
  folder.remove();
});

/** Rows are there within a second or two of what they tell. */
const PATIENCE = { timeout: 30_000 };
const KEY = 'website-write-key-4711';
const SOURCES = `sources:
  - { name: website, keys: [${KEY}], may: website }
`;
const track = (messageId: string, event: string) => ({ messageId, event, userId: 'ann', writeKey: KEY });

/** The names of all files below a folder that hold a text. */
function filesWith(text: string, folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile() && readFileSync(path).includes(text));
}

test('with sources.yaml a source is known by its keys alone, and no key is written anywhere', async () => {
  writeFileSync(join(folder.dir, 'listed.yaml'), SOURCES);
  const server = await startServer(dir, '--sources', join(folder.dir, 'listed.yaml'));
  const nobody = await server.post('/v1/track', { ...track('m0', 'Trial Started'), writeKey: 'other' });
  expect([nobody.status, await nobody.json()]).toMatchObject([401, { reason: 'unknown_key' }]);
  expect((await server.post('/v1/track', track('m1', 'Trial Started'))).status).toBe(200);
  const refused = await server.post('/v1/track', track('m2', 'Deal Won'));
  expect([refused.status, await refused.json()]).toMatchObject([400, { reason: 'not_allowed' }]);

  await expect
    .poll(() => rowsOf(dir, 'SELECT event_id, publisher FROM activities'), PATIENCE)
    .toEqual([{ event_id: 'm1', publisher: 'website' }]);
  const letters = await leadstream('dead-letters', 'list', '--data', dir, '--json');
  expect(JSON.parse(letters.out)).toMatchObject({ reason: 'not_allowed', publisher: 'website', event_id: 'm2' });
  expect(server.said()).not.toContain('any write key');
  await server.kill('SIGINT');
  expect(filesWith('ann', dir)).not.toEqual([]);
  expect(filesWith(KEY, dir)).toEqual([]);
});

test('the file in the data folder counts, and made-up traffic needs no key of it', async () => {
  writeFileSync(join(dir, 'sources.yaml'), SOURCES);
  const server = await startServer(dir, '--demo');
  expect((await server.post('/v1/track', { ...track('m0', 'Trial Started'), writeKey: 'other' })).status).toBe(401);
  await expect
    .poll(() => rowsOf(dir, 'SELECT DISTINCT publisher FROM activities'), PATIENCE)
    .toEqual([{ publisher: 'demo' }]);
});

test('without one any key is taken, which start says', async () => {
  const server = await startServer(dir);
  expect(server.said()).toContain('There is no sources.yaml: any write key is taken');
  expect((await server.post('/v1/track', track('m2', 'Deal Won'))).status).toBe(200);
  await expect
    .poll(() => rowsOf(dir, 'SELECT publisher FROM activities'), PATIENCE)
    .toEqual([{ publisher: expect.stringMatching(/^key-[0-9a-f]{12}$/) }]);
  await server.kill('SIGINT');
  expect(filesWith(KEY, dir)).toEqual([]);
});

test('a faulty file stops the start with its line and what to write', async () => {
  writeFileSync(join(dir, 'sources.yaml'), `${SOURCES}  - { name: crm, may: cmr }\n`);
  const fault = `${join(dir, 'sources.yaml')}:3: there is no cmr; did you mean crm?`;
  expect(await leadstream('start', '--data', dir, '--port', '0')).toMatchObject({
    end: 1,
    err: `leadstream: ${fault}\n`,
  });
  const missing = join(folder.dir, 'none.yaml');
  expect(await leadstream('start', '--data', dir, '--port', '0', '--sources', missing)).toMatchObject({
    end: 1,
    err: `leadstream: there is no file ${missing}; name the one that lists your sources\n`,
  });
});
