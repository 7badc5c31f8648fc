import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CHILD = fileURLToPath(new URL('child.ts', import.meta.url));
const TYPESCRIPT = fileURLToPath(new URL('../../../bin/typescript.mjs', import.meta.url));

export interface SizeResult {
  /** Anonymous memory at most, while all is folded, bytes. */
  readonly anonymous: number;
  /** What each explanation took, with the outlook, ms. */
  readonly took: readonly number[];
}

/** Folds `events` of so many leads into stores on disk, in a process and a folder of its own, and explains `asked` of them. */
export async function measureSize(leads: number, events: number, asked: number): Promise<SizeResult> {
  const dir = await mkdtemp(join(tmpdir(), 'leadstream-model-'));
  try {
    const child = fork(CHILD, [JSON.stringify({ leads, events, asked, dir })], {
      execArgv: ['--expose-gc', '--import', TYPESCRIPT],
    });
    const exited = once(child, 'exit');
    const [result] = (await Promise.race([
      once(child, 'message'),
      exited.then(() => Promise.reject(new Error('the folds failed'))),
    ])) as [SizeResult];
    await exited;
    return result;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
