import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readModel, readModelTests, versionOf } from '#lib/model/files';

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'leadstream-model-'));
  await mkdir(join(folder, 'programs', 'drafts'), { recursive: true });
  const files = {
    'scoring.yaml': '\uFEFFengine: 4\r\nrules: []\r\n',
    'scoring.test.yaml': 'tests: []\n',
    'README.md': '# model\n',
    '.scoring.yaml.swp.yaml': 'x',
    'programs/guide.yaml': 'name: Guide\n',
    'programs/guide.test.yaml': 'tests: []\n',
    'programs/other.yml': 'name: Other\n',
    'programs/drafts/later.yaml': 'name: Later\n',
  };
  for (const [path, text] of Object.entries(files)) await writeFile(join(folder, path), text);
});

afterAll(() => rm(folder, { recursive: true }));

test('a model is the YAML files of its folder and of programs/, the same text on every machine', async () => {
  expect(await readModel(folder)).toEqual({
    'programs/guide.yaml': 'name: Guide\n',
    'programs/other.yml': 'name: Other\n',
    'scoring.yaml': 'engine: 4\nrules: []\n',
  });
});

test('its tests are read apart', async () => {
  expect(Object.keys(await readModelTests(folder))).toEqual(['programs/guide.test.yaml', 'scoring.test.yaml']);
});

test('a folder that is not there is one plain line', async () => {
  await expect(readModel(join(folder, 'none'))).rejects.toThrow(
    `no model in ${join(folder, 'none')}: there is no such folder; name the model's folder`,
  );
  expect(await readModel(join(folder, 'programs'))).toHaveProperty('guide.yaml');
});

test('a model’s name depends on its texts and paths, not on their order', () => {
  const name = versionOf({ a: '1', b: '2' });

  expect(name).toMatch(/^[0-9a-f]{12}$/);
  expect(versionOf({ b: '2', a: '1' })).toBe(name);
  expect(versionOf({ a: '2', b: '1' })).not.toBe(name);
  expect(versionOf({ a: '1' })).not.toBe(name);
  expect(versionOf({ a: '1b2' })).not.toBe(versionOf({ a: '1', b: '2' }));
});
