import { askChild } from '#test/bench/measure/child';
import type { Subject } from '#test/bench/refold/subject';

/** What a child is told. */
export interface RefoldTask {
  readonly kind: 'read' | 'decode' | 'fold';
  readonly subject: Subject;
  readonly brokers: readonly string[];
  readonly registry: string;
  /** For its stores; empty. */
  readonly dir: string;
}

/** What it answers; time in ms. */
export interface RefoldAnswer {
  /** In the topic. */
  readonly records: number;
  /** That it has come by. */
  readonly seen: number;
  readonly took: number;
}

/** Records per second of a process of its own. `flags`: of Node. Rejects when it has come by fewer or more than there are. */
export async function rateOf(task: RefoldTask, flags: readonly string[]): Promise<number> {
  const { records, seen, took } = await askChild<RefoldAnswer>('child.ts', import.meta.url, task, { flags });
  if (seen !== records) throw new Error(`${task.kind} of ${task.subject}: ${seen} of ${records} records`);
  return (1000 * records) / took;
}
