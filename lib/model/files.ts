import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '#lib/hash/sha256';
import type { ModelFiles } from '#lib/model/model';

/** The folder's files that make the model: its YAML files and those in programs/, without tests and README. */
export function readModel(folder: string): Promise<ModelFiles> {
  return readYaml(folder, (path) => !isTest(path));
}

/** The tests beside the model: *.test.yaml. */
export function readModelTests(folder: string): Promise<ModelFiles> {
  return readYaml(folder, isTest);
}

/** The model's name: the first 12 hex characters of SHA-256 over its files, sorted by path. */
export function versionOf(files: ModelFiles): string {
  const sorted = Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1));
  return sha256(JSON.stringify(sorted)).slice(0, 12);
}

function isTest(path: string): boolean {
  return /\.test\.ya?ml$/.test(path);
}

/** Throws one plain line if there is no such folder or a file cannot be read. */
async function readYaml(folder: string, wanted: (path: string) => boolean): Promise<ModelFiles> {
  const paths = [...(await yamlIn(folder, '')), ...(await yamlIn(folder, 'programs'))].filter(wanted).sort();
  const texts = await Promise.all(paths.map(async (path) => [path, await textOf(join(folder, path))] as const));
  return Object.fromEntries(texts);
}

async function yamlIn(folder: string, below: string): Promise<string[]> {
  try {
    const entries = await readdir(join(folder, below), { withFileTypes: true });
    return entries
      .filter((entry) => !entry.isDirectory() && /^[^.].*\.ya?ml$/.test(entry.name))
      .map(({ name }) => (below === '' ? name : `${below}/${name}`));
  } catch (cause) {
    if (below !== '' && isMissing(cause)) return [];
    const why = isMissing(cause) ? 'there is no such folder' : 'it cannot be read';
    throw new Error(`no model in ${folder}: ${why}; name the model's folder`, { cause });
  }
}

/** The same text wherever it was checked out: without byte order mark, lines ended by \n. */
async function textOf(path: string): Promise<string> {
  const text = await readFile(path, 'utf8');
  return text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
}

function isMissing(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT';
}
