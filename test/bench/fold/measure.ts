import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FoldCase } from '#test/bench/fold/cases';

const CHILD = fileURLToPath(new URL('child.ts', import.meta.url));
const TYPESCRIPT = fileURLToPath(new URL('../../../bin/typescript.mjs', import.meta.url));

/** What a run took, without what making its records up took. */
export interface FoldResult {
  /** records/s */
  readonly rate: number;
  /** Processor time of all threads per record, µs. */
  readonly cpu: number;
  /** Anonymous memory at the end, bytes. */
  readonly anonymous: number;
}

/** Runs a case in a process and a folder of its own. */
export async function measureFold(one: FoldCase, profiles: string | undefined): Promise<FoldResult> {
  const dir = await mkdtemp(join(tmpdir(), 'leadstream-fold-'));
  try {
    const profiling = profiles === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profiles}`];
    const child = fork(CHILD, [JSON.stringify({ ...one, dir })], { execArgv: ['--import', TYPESCRIPT, ...profiling] });
    const exited = once(child, 'exit');
    const [result] = (await Promise.race([
      once(child, 'message'),
      exited.then(() => Promise.reject(new Error('the folds failed'))),
    ])) as [FoldResult];
    await exited;
    return result;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
