import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FoldCase } from '#test/bench/fold/cases';
import { askChild } from '#test/bench/measure/child';

/** What a run took, without what making its records up took. */
export interface FoldResult {
  /** records/s */
  readonly rate: number;
  /** Processor time of all threads per record, µs. */
  readonly cpu: number;
  /** Anonymous memory at the end, bytes. */
  readonly anonymous: number;
}

/** What a child is told. */
export interface FoldTask extends FoldCase {
  /** For its stores; empty. */
  readonly dir: string;
}

/** Runs a case in a process and a folder of its own. */
export async function measureFold(one: FoldCase, profiles: string | undefined): Promise<FoldResult> {
  const dir = await mkdtemp(join(tmpdir(), 'leadstream-fold-'));
  try {
    const flags = profiles === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profiles}`];
    const task: FoldTask = { ...one, dir };
    return await askChild('child.ts', import.meta.url, task, { flags });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
