import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type CommandProcess, type Ended, startCommand, startReal } from '#app/cli/fixtures/commands';

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

/** A folder that holds something, so that reading commands take it for a data folder. */
function fill(): void {
  mkdirSync(dir);
  writeFileSync(join(dir, 'log'), '');
}

async function started(): Promise<CommandProcess> {
  const owner = start('start', '--data', dir, '--port', '0');
  await owner.printed('Leadstream is running');
  return owner;
}

function refused(code: 1 | 2, line: string): Ended {
  return { code, out: '', err: `leadstream: ${line}\n` };
}

test('wrong usage ends the process with 2, --version with 0', async () => {
  const [unknown, version] = await Promise.all([run('sqll'), startReal('--version').ended]);
  expect(unknown).toEqual(refused(2, `unknown command 'sqll' (Did you mean sql?); see "leadstream --help"`));
  expect(version).toEqual({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/), err: '' });
});

test('a folder that is missing, a file, or cannot be opened is one plain line and exit code 1', async () => {
  const hint = 'run "leadstream start" or "leadstream import" first, or name another folder with --data';
  expect(await run('funnel', '--data', dir)).toEqual(refused(1, `there is no data in ${dir}; ${hint}`));
  writeFileSync(dir, '');
  const file = 'it is not a folder; name a folder with --data';
  expect(await run('funnel', '--data', dir)).toEqual(refused(1, `the data folder ${dir} cannot be used: ${file}`));
  expect(await run('start', '--data', dir)).toEqual(refused(1, `the data folder ${dir} cannot be used: ${file}`));
  rmSync(dir);
  fill();
  writeFileSync(join(dir, 'broken'), '');
  expect(await run('funnel', '--data', dir)).toEqual(refused(1, 'the store is broken'));
  expect(readdirSync(join(dir, 'owner'))).toEqual([]);
});

test('what fails exits with 1, by the owner or not', async () => {
  fill();
  expect(await run('sql', 'nonsense', '--data', dir)).toEqual(refused(1, 'syntax error at the start'));
  await started();
  expect(await run('sql', 'nonsense', '--data', dir)).toEqual(refused(1, 'syntax error at the start'));
});

test('start answers the commands of other processes, and stops cleanly at SIGINT', async () => {
  const owner = await started();
  const asked = await run('sql', 'pid', '--data', dir);
  expect(asked).toEqual({ code: 0, out: `${owner.child.pid} serve TabSeparatedWithNames\n`, err: '' });
  const second = await run('import', '-', '--data', dir);
  expect(second.err).toContain(`${dir} is owned by "leadstream start" (process ${owner.child.pid}, http://127.0.0.1:`);
  expect(second.code).toBe(1);
  owner.child.kill('SIGINT');
  const { code, out } = await owner.ended;
  expect(code).toBe(0);
  expect(out).toMatch(/^Leadstream is running: http:\/\/127\.0\.0\.1:\d+ \(data in .*data, Ctrl-C stops it\)\n$/);
  expect(readdirSync(join(dir, 'owner'))).toEqual([]);
});

test('a port in use is one plain line and exit code 1', async () => {
  const owner = await started();
  const [, port = ''] = /127\.0\.0\.1:(\d+)/.exec((await run('start', '--data', dir)).err) ?? [];
  const other = await run('start', '--data', join(outer, 'other'), '--port', port);
  expect(other).toEqual(refused(1, `port ${port} on 127.0.0.1 is in use; choose another one with --port`));
  expect(owner.child.exitCode).toBe(null);
});

test('an answer that nobody reads to its end is a silent success, alone or by the owner', async () => {
  fill();
  for (const owner of [undefined, started]) {
    await owner?.();
    const command = start('sql', 'flood', '--data', dir);
    await command.printed('xxx');
    command.child.stdout.destroy();
    expect(await command.ended).toMatchObject({ code: 0, err: '' });
  }
});

test('two reading commands on a folder without owner both answer, and the first waits for the second', async () => {
  fill();
  const first = start('sql', 'wait', '--data', dir);
  await first.printed('waiting');
  expect(await run('sql', 'pid', '--data', dir)).toMatchObject({
    code: 0,
    out: expect.stringContaining(`${first.child.pid} `),
  });
  first.child.kill('SIGINT');
  expect(await first.ended).toEqual({ code: 1, out: 'waiting\n', err: 'leadstream: interrupted\n' });
  expect(readdirSync(join(dir, 'owner'))).toEqual([]);
});

test('an owner killed in the middle of an answer is one plain line, and the folder is free', async () => {
  const owner = await started();
  const command = start('sql', 'wait', '--data', dir);
  await command.printed('waiting');
  owner.child.kill('SIGKILL');
  const { code, err } = await command.ended;
  expect(code).toBe(1);
  expect(err).toMatch(
    /^leadstream: "leadstream start" \(process \d+, http.*\) ended in the middle of its answer; run the command again\n$/,
  );
  expect(await run('sql', 'pid', '--data', dir)).toMatchObject({ code: 0, out: expect.stringContaining(' answer ') });
});

test('apply sends the files of a model that passes its tests, names its faults, and needs a model', async () => {
  fill();
  const model = join(outer, 'model');
  mkdirSync(join(model, 'programs'), { recursive: true });
  expect(await run('apply', '--model', model, '--data', dir)).toEqual(
    refused(1, `there are no .yaml files in ${model}; name the model's folder with --model`),
  );
  writeFileSync(join(model, 'stages.yaml'), 'a');
  writeFileSync(join(model, 'programs', 'guide.yaml'), 'b');
  const applied = await run('apply', '--model', model, '--data', dir);
  expect(applied).toEqual({ code: 0, out: 'Model programs/guide.yaml+stages.yaml governs from now on.\n', err: '' });
  const noted = join(outer, 'noted');
  mkdirSync(noted);
  writeFileSync(join(noted, 'program.yaml'), 'c');
  expect(await run('apply', '--model', noted, '--data', dir)).toMatchObject({
    code: 0,
    out: 'Note: nobody ever sent the behaviour calculator_usde.\nModel program.yaml governs from now on.\n',
  });
  const failing = join(outer, 'failing');
  cpSync(model, failing, { recursive: true });
  expect(await run('apply', '--model', failing, '--data', dir)).toEqual(
    refused(1, `the model fails a test of its own; see "leadstream check --model ${failing}"`),
  );
  writeFileSync(join(model, 'bad.yaml'), 'c');
  expect(await run('apply', '--model', model, '--data', dir)).toEqual({
    code: 1,
    out: 'bad.yaml:3 points is no number; write points: 5\n',
    err: 'leadstream: the model was not applied; mend its faults and run "leadstream check"\n',
  });
});

test('check exits with 1 for a model with faults or failing tests', async () => {
  const good = await run('check', '--model', join(outer, 'good'));
  expect(good).toEqual({ code: 0, out: 'model m1: 0 faults, 1 tests passed, 0 failed\n', err: '' });
  expect(await run('check', '--model', outer)).toEqual({
    code: 1,
    out: expect.stringContaining('scoring.yaml:3 points is no number; write points: 5\n'),
    err: 'leadstream: the model must not be applied as it is; mend what is listed\n',
  });
});

test('generate prints the same bytes for the same seed, and stops silently when nobody reads', async () => {
  const args = ['generate', '--leads', '20', '--days', '10', '--seed', '7'];
  const [one, two, other] = await Promise.all([
    startReal(...args).ended,
    startReal(...args).ended,
    startReal(...args, '--seed', '8').ended,
  ]);
  expect(one).toMatchObject({ code: 0, err: '' });
  expect(one.out.length).toBeGreaterThan(1000);
  expect(two.out).toBe(one.out);
  expect(other.out).not.toBe(one.out);
  const endless = startReal('generate', '--leads', '1000000');
  await endless.printed('{');
  endless.child.stdout.destroy();
  expect(await endless.ended).toMatchObject({ code: 0, err: '' });
});
