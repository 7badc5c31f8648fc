import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Subject } from '#test/bench/refold/subject';

/** What a child is told. */
export interface RefoldChild {
  readonly kind: 'read' | 'decode' | 'fold';
  readonly subject: Subject;
  readonly brokers: readonly string[];
  readonly registry: string;
  /** For its stores; empty. */
  readonly dir: string;
}

/** Time in ms. */
interface Measured {
  readonly records: number;
  readonly took: number;
}

const CHILD = fileURLToPath(new URL('child.ts', import.meta.url));
const TYPESCRIPT = fileURLToPath(new URL('../../../bin/typescript.mjs', import.meta.url));

/** Records per second of a process of its own. `flags`: of Node. */
export async function rateOf(task: RefoldChild, flags: readonly string[]): Promise<number> {
  const child = fork(CHILD, [JSON.stringify(task)], { execArgv: ['--import', TYPESCRIPT, ...flags] });
  const exited = once(child, 'exit');
  const [measured] = await Promise.race([
    once(child, 'message'),
    exited.then(() => Promise.reject(new Error(`${task.kind} of ${task.subject} failed`))),
  ]);
  await exited;
  const { records, took } = measured as Measured;
  return (1000 * records) / took;
}
