import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type CommandProcess, type Ended, startCommand } from '#app/cli/fixtures/commands';

vi.setConfig({ testTimeout: 60_000 });

let outer: string;
let dir: string;
let running: CommandProcess[];

beforeEach(() => {
  outer = mkdtempSync(join(tmpdir(), 'cli-'));
  dir = join(outer, 'data');
  running = [];
});

afterEach(async () => {
  for (const { child, ended } of running) {
    child.kill('SIGKILL');
    await ended;
  }
  rmSync(outer, { recursive: true, force: true });
});

function start(...args: string[]): CommandProcess {
  const started = startCommand(...args);
  running.push(started);
  return started;
}

function run(...args: string[]): Promise<Ended> {
  return start(...args).ended;
}

function refused(code: 1 | 2, line: string): Ended {
  return { code, out: '', err: `leadstream: ${line}\n` };
}

test('import tells refused lines and a summary, from a file and from standard input', async () => {
  const file = join(outer, 'events.ndjson');
  writeFileSync(file, 'one\nbad\nthree\n');
  const text = await run('import', file, '--data', dir);
  expect(text).toMatchObject({ code: 0, err: 'line 2: not valid JSON\n' });
  expect(text.out).toMatch(
    /^Imported 3 lines in [\d.]+ s \([\d,]+ lines\/s\)\.\naccepted +2\nduplicates +0\ndead letters +1\nleads now +1\nSee what/,
  );
  const piped = start('import', '-', '--json', '--data', dir);
  piped.child.stdin.end('one\ntwo');
  const { code, out } = await piped.ended;
  expect(code).toBe(0);
  expect(JSON.parse(out)).toEqual({
    finished: true,
    known: false,
    lines: 2,
    accepted: 2,
    duplicates: 0,
    dead_letters: 0,
    in_the_future: 0,
    leads: 1,
    duration_ms: expect.any(Number),
  });
});

test('an interrupted import stops cleanly and says that running it again goes on', async () => {
  const importing = start('import', '-', '--data', dir);
  importing.child.stdin.write('one\nbad\nslow\n');
  await importing.printed('line 2');
  importing.child.kill('SIGINT');
  const { code, out, err } = await importing.ended;
  expect(code).toBe(1);
  expect(out).toMatch(/^Stopped after 3 lines/);
  expect(err).toBe(
    'line 2: not valid JSON\nleadstream: the import was interrupted; run it again on the same input and it goes on where it was\n',
  );
  expect(readdirSync(join(dir, 'owner'))).toEqual([]);
});

test('an import that waits for more input is interrupted as well', async () => {
  const importing = start('import', '-', '--data', dir);
  importing.child.stdin.write('one\nbad\n');
  await importing.printed('line 2');
  importing.child.kill('SIGINT');
  const { code, err } = await importing.ended;
  expect(code).toBe(1);
  expect(err).toContain('run it again on the same input and it goes on where it was');
  expect(readdirSync(join(dir, 'owner'))).toEqual([]);
});

test('import of what cannot be read is one plain line and makes no data folder', async () => {
  const missing = join(outer, 'missing.ndjson');
  expect(await run('import', missing, '--data', dir)).toEqual(
    refused(1, `there is no file ${missing}; name a file of NDJSON, or -`),
  );
  expect(await run('import', outer, '--data', dir)).toEqual(
    refused(1, `${outer} is a folder; name a file of NDJSON, or -`),
  );
  writeFileSync(join(outer, 'good.ndjson'), 'one\n');
  const csv = join(outer, 'leads.csv');
  writeFileSync(csv, 'email,event\nann@x.example,Trial Started\n');
  expect(await run('import', join(outer, 'good.ndjson'), csv, '--data', dir)).toEqual(
    refused(
      1,
      `${csv} is CSV, and import reads NDJSON, one event per line: write each row as a JSON object on a line of its own`,
    ),
  );
  expect(readdirSync(outer).sort()).toEqual(['good.ndjson', 'leads.csv']);
});

test.each(['-', '/dev/stdin'])('several files and standard input, named %s, are one import', async (stdin) => {
  const [first, second] = [join(outer, 'a.ndjson'), join(outer, 'b.ndjson')];
  writeFileSync(first, 'one\ntwo\n');
  writeFileSync(second, 'three');
  const importing = start('import', first, stdin, second, '--data', dir, '--json');
  importing.child.stdin.end('four\nfive\n');
  const { code, out } = await importing.ended;
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ lines: 5, accepted: 5 });
});

test('a pipe that has a name is read, and nothing of it is lost', async () => {
  const pipe = join(outer, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const importing = start('import', pipe, '--data', dir, '--json');
  const written = writeFile(pipe, 'one\n'.repeat(50_000));
  const { code, out } = await importing.ended;
  await written;
  expect([code, JSON.parse(out).lines]).toEqual([0, 50_000]);
});
