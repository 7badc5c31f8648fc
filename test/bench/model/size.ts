import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { askChild } from '#test/bench/measure/child';

/** What a child is told. */
export interface SizeTask {
  readonly leads: number;
  readonly events: number;
  readonly asked: number;
  /** For its stores; empty. */
  readonly dir: string;
}

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
    const task: SizeTask = { leads, events, asked, dir };
    return await askChild('child.ts', import.meta.url, task, { flags: ['--expose-gc'] });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
