import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type TestFolder, testFolder } from '#test/contracts/folder';
import { type Ended, endAll, leadstream } from '#test/process/command';

let folder: TestFolder;
let dir: string;

beforeEach(() => {
  folder = testFolder();
  dir = join(folder.dir, 'data');
  const line = {
    type: 'track',
    userId: 'ann',
    event: 'Subscribed',
    messageId: 'one',
    timestamp: '2025-10-01T10:00:00Z',
  };
  writeFileSync(join(folder.dir, 'events.ndjson'), `${JSON.stringify(line)}\n`);
  writeFileSync(join(folder.dir, 'key'), 's3cret\n');
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await endAll();
  folder.remove();
});

const imports = () => leadstream('import', join(folder.dir, 'events.ndjson'), '--data', dir);
const explains = () => leadstream('explain', 'ann', '--data', dir, '--json');

function leadIn({ end, err, out }: Ended): string {
  expect([end, err]).toEqual([0, '']);
  return (JSON.parse(out) as { readonly lead_id: string }).lead_id;
}

test('a folder is used with the key that it was begun with, and refused with another or none', async () => {
  vi.stubEnv('LEADSTREAM_IDENTITY_KEY_FILE', join(folder.dir, 'key'));
  expect((await imports()).end).toBe(0);
  const lead = leadIn(await explains());
  expect((await leadstream('verify', '--data', dir)).out).toContain('No differences.');

  vi.stubEnv('LEADSTREAM_IDENTITY_KEY_FILE', '');
  for (const run of [explains, () => leadstream('start', '--data', dir, '--port', '0')]) {
    const { end, out, err } = await run();
    expect([end, out]).toEqual([1, '']);
    expect(err).toMatch(
      /^leadstream: \S+ cannot be used: its identifiers are hashed with a key of fingerprint \w{16}, /m,
    );
    expect(err).toContain('none is given; give that key by LEADSTREAM_IDENTITY_KEY or LEADSTREAM_IDENTITY_KEY_FILE\n');
  }
  vi.stubEnv('LEADSTREAM_IDENTITY_KEY', 's3cret');
  expect(leadIn(await explains())).toBe(lead);
});
