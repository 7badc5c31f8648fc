import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { listedSource, openSources } from '#app/sources/open-sources';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sources-'));
  mkdirSync(join(folder, 'data'));
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** A file that lists one source with a key of the same name. */
function lists(path: string, name: string, more = ''): string {
  writeFileSync(join(folder, path), `sources:\n  - { name: ${name}, keys: [${name}], may: all${more} }\n`);
  return join(folder, path);
}

const place = (named?: string) => ({ named, data: join(folder, 'data') });

test('the named file goes before that of the variable, and this before the usual places', () => {
  lists('data/sources.yaml', 'usual');
  expect(openSources(place()).ofKey('usual')?.name).toBe('usual');
  vi.stubEnv('LEADSTREAM_SOURCES', lists('variable.yaml', 'variable'));
  expect(openSources(place()).ofKey('variable')?.name).toBe('variable');
  const named = openSources(place(lists('named.yaml', 'named')));
  expect(['named', 'variable', 'usual'].map((key) => named.ofKey(key)?.name)).toEqual(['named', undefined, undefined]);
  vi.stubEnv('LEADSTREAM_SOURCES', '');
  expect(openSources(place('')).ofKey('usual')?.name).toBe('usual');
});

test('without a file nothing is listed', () => {
  const sources = openSources(place());
  expect([sources.listed, sources.ofKey('')?.name]).toEqual([false, 'default']);
});

test('keys come from variables, and from files beside the list', () => {
  vi.stubEnv('SITE_KEY', 'from-variable');
  writeFileSync(join(folder, 'key'), 'from-file\n');
  const path = lists('listed.yaml', 'one', `, key_files: [key]`);
  writeFileSync(join(folder, 'two.yaml'), `sources: [{ name: two, keys: ["\${SITE_KEY}"], may: all }]\n`);
  expect(openSources(place(path)).ofKey('from-file')?.name).toBe('one');
  expect(openSources(place(join(folder, 'two.yaml'))).ofKey('from-variable')?.name).toBe('two');
});

test('a name is a source of the list; where none are listed it is one by itself', () => {
  const listed = openSources(place(lists('listed.yaml', 'website')));
  expect(listedSource(listed, 'website').name).toBe('website');
  expect(() => listedSource(listed, 'webste')).toThrow(
    'there is no source webste in sources.yaml; name one that is listed there',
  );
  expect(listedSource(openSources(place()), 'webste').name).toBe('webste');
});

test.each([
  ['a file that is not there', () => join(folder, 'none.yaml'), /^there is no file \S+none\.yaml; name the one/],
  ['a folder', () => folder, /^\S+ cannot be read \(EISDIR\); mend its rights or name another file$/],
  [
    'a faulty file',
    () => lists('faulty.yaml', 'one', ', may_not: x y z, kyes: [a]'),
    /faulty\.yaml:2: unknown key `kyes`; did you mean `keys`\?$/,
  ],
])('%s is one plain line', (_what, path, line) => {
  expect(() => openSources(place(path()))).toThrow(line);
});
