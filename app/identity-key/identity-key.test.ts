import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openIdentityHash, readIdentityKey } from '#app/identity-key/identity-key';
import { identityHash } from '#lib/hash/keyed';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'key-'));
  vi.stubEnv('LEADSTREAM_IDENTITY_KEY', '');
  vi.stubEnv('LEADSTREAM_IDENTITY_KEY_FILE', '');
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

function holds(text: string): string {
  const path = join(folder, 'key');
  writeFileSync(path, text);
  return path;
}

test('by default there is no key', () => {
  expect(openIdentityHash()).toEqual(identityHash(''));
});

test('it is given by a variable, as it is', () => {
  vi.stubEnv('LEADSTREAM_IDENTITY_KEY', ' s3cret ');
  expect(openIdentityHash().key).toBe(identityHash(' s3cret ').key);
});

test('or by a file, without the end of its line', () => {
  vi.stubEnv('LEADSTREAM_IDENTITY_KEY_FILE', holds('s3cret\r\n'));
  expect(openIdentityHash().key).toBe(identityHash('s3cret').key);
});

test.each([
  ['both', () => ({ key: 's3cret', file: holds('s3cret') }), /_KEY and \w+_KEY_FILE are both set; unset one of them$/],
  ['an empty file', () => ({ key: undefined, file: holds(' \n') }), /key is empty; write the key into it$/],
  ['no file', () => ({ key: undefined, file: '/nowhere/key' }), /cannot be read \(ENOENT\); name another file$/],
  ['a folder', () => ({ key: undefined, file: folder }), /cannot be read \(EISDIR\); name another file$/],
])('%s is told in one line, which does not show the key', (_, given, said) => {
  const outcome = readIdentityKey(given());
  if (!('fault' in outcome)) throw new Error('it was taken');
  expect(outcome.fault).toMatch(said);
  expect(outcome.fault).not.toContain('s3cret');
  expect(outcome.fault).not.toContain('\n');
});
