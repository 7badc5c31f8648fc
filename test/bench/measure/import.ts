import { deepEqual } from 'node:assert/strict';
import { askChild } from '#test/bench/measure/child';
import type { EventsFile } from '#test/bench/measure/events';
import { watchMemory } from '#test/bench/measure/memory';
import { clickHouseOf } from '#test/process/clickhouse-process';

/** What a child is told. */
export interface ImportTask {
  readonly file: string;
  /** The data folder, new. */
  readonly dir: string;
}

/** What a child answers: times in ms, memory in bytes. */
export interface ImportAnswer {
  readonly opened: number;
  readonly took: number;
  readonly accepted: number;
  readonly leads: number;
  /** Activities that can be queried. */
  readonly rows: number;
}

/** What an import in a process of its own took. */
export interface Imported extends ImportAnswer {
  /** The most anonymous memory of the process, and of its ClickHouse. */
  readonly anonymous: number;
  readonly clickhouse: number;
}

/** Imports a file into a new folder and waits until its rows can be queried. Rejects when events lack or are there twice. */
export async function importFile(
  { path, lines, events }: EventsFile,
  dir: string,
  flags: readonly string[] = [],
): Promise<Imported> {
  let memory: ReturnType<typeof watchMemory> | undefined;
  const started = (pid: number) => {
    memory = watchMemory(pid);
  };
  const ofClickHouse = watchMemory(() => clickHouseOf(dir));
  const task: ImportTask = { file: path, dir };
  try {
    const answer = await askChild<ImportAnswer>('import-child.ts', import.meta.url, task, { flags, started });
    const { accepted, rows } = answer;
    deepEqual({ accepted, rows }, { accepted: lines, rows: events }, 'the import lost or doubled events');
    return { ...answer, anonymous: memory?.most() ?? Number.NaN, clickhouse: ofClickHouse.most() };
  } finally {
    memory?.stop();
    ofClickHouse.stop();
  }
}
