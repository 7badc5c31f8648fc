import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test, vi } from 'vitest';

/** Lets a child process import TypeScript. */
const TYPESCRIPT = new URL('../../bin/typescript.mjs', import.meta.url).href;

vi.setConfig({ testTimeout: 60_000 });

const PROGRAM = fileURLToPath(new URL('./fixtures/standard-input.ts', import.meta.url));

function start(stdin: 'pipe' | 'ignore' | number): ChildProcess {
  return spawn(process.execPath, ['--import', TYPESCRIPT, PROGRAM], { stdio: [stdin, 'pipe', 'inherit'] });
}

async function printed({ stdout }: ChildProcess): Promise<unknown> {
  return JSON.parse(stdout === null ? '' : await text(stdout));
}

test.each([['one\ntwo\n'], [''], ['a line\n'.repeat(500_000)]])('standard input is taken whole', async (given) => {
  const child = start('pipe');
  child.stdin?.end(given);
  expect(await printed(child)).toBe(given);
});

test('a file is taken from where it stands', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'standard-input-'));
  const file = join(dir, 'events.ndjson');
  writeFileSync(file, 'one\ntwo\n');
  const shell = `read first; exec ${process.execPath} --import ${TYPESCRIPT} ${PROGRAM}`;
  const child = spawn('sh', ['-c', shell], { stdio: [openSync(file, 'r'), 'pipe', 'inherit'] });
  expect(await printed(child)).toBe('two\n');
  rmSync(dir, { recursive: true });
});

test('no standard input is an empty one', async () => {
  expect(await printed(start('ignore'))).toBe('');
});
