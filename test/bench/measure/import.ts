import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { watchMemory } from '#test/bench/measure/memory';

const CHILD = fileURLToPath(new URL('import-child.ts', import.meta.url));
const TYPESCRIPT = fileURLToPath(new URL('../../../bin/typescript.mjs', import.meta.url));

/** What an import in a process of its own took: times in ms, memory in bytes. */
export interface Imported {
  readonly opened: number;
  readonly took: number;
  readonly accepted: number;
  readonly leads: number;
  /** What chDB says that it holds. */
  readonly chdb: number;
  /** The most anonymous memory of the process. */
  readonly anonymous: number;
}

/** Imports a file into a new folder and waits until its rows can be queried. */
export async function importFile(file: string, dir: string, flags: readonly string[] = []): Promise<Imported> {
  const child = fork(CHILD, [file, dir], { execArgv: ['--import', TYPESCRIPT, ...flags] });
  const memory = watchMemory(child.pid ?? 0);
  const exited = once(child, 'exit');
  const [message] = (await Promise.race([
    once(child, 'message'),
    exited.then(() => Promise.reject(new Error('the import failed'))),
  ])) as [Omit<Imported, 'anonymous'>];
  memory.stop();
  await exited;
  return { ...message, anonymous: memory.most() };
}
