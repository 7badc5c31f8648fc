import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { identityOf } from '#lib/process/identity';

/** Lets a child process import TypeScript. */
const TYPESCRIPT = new URL('../../../bin/typescript.mjs', import.meta.url).href;
const HOLDER = fileURLToPath(new URL('fixtures/holder.ts', import.meta.url));
const CHDB = fileURLToPath(new URL('fixtures/chdb-folder.ts', import.meta.url));

/** A new folder, removed after the test. */
export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'leadstream-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A folder of tables as the version before has left it: 1,000 facts. */
export async function folderOfChdb(): Promise<string> {
  const dir = join(await newFolder(), 'clickhouse');
  const [code] = await once(
    spawn(process.execPath, ['--import', TYPESCRIPT, CHDB, dir], { stdio: 'inherit' }),
    'close',
  );
  if (code !== 0) throw new Error(`chDB ended with ${code}`);
  return dir;
}

/** Another process that has a ClickHouse on a folder and inserts. */
export interface Holder {
  readonly process: ChildProcess;
  /** Of its server. */
  readonly pid: number;
  /** The last insert that was acknowledged. */
  acknowledged(): number;
  kill(): Promise<void>;
}

export async function startHolder(dir: string): Promise<Holder> {
  const holder = spawn(process.execPath, ['--import', TYPESCRIPT, HOLDER, dir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: holder.stdout });
  const closed = once(holder, 'close');
  let acknowledged = 0;
  const [first] = await once(lines, 'line');
  lines.on('line', (line) => {
    acknowledged = Number(line);
  });
  const kill = async () => {
    holder.kill('SIGKILL');
    await closed;
  };
  onTestFinished(kill);
  return { process: holder, pid: Number(first), acknowledged: () => acknowledged, kill };
}

/** Whether such a process is there; one that has ended and was not collected is not. */
export async function runs(pid: number): Promise<boolean> {
  return (await identityOf(pid)).started !== '';
}
