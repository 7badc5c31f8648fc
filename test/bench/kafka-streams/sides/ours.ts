import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Given, Running } from '#test/bench/kafka-streams/sides/side';
import { chainsOf, groupOf, type Workload } from '#test/bench/kafka-streams/workload';
import { startChild } from '#test/bench/measure/child';

/** What a child is told. */
export interface OursTask {
  readonly run: string;
  readonly workload: Workload;
  readonly chained: boolean;
  /** Number of the one service that it runs; undefined: all. */
  readonly only: number | undefined;
  readonly brokers: readonly string[];
  readonly registry: string;
  readonly dir: string;
  /** Write the state into this file at the end. */
  readonly dump: string | undefined;
}

export interface OursOptions {
  readonly run: string;
  readonly workload: Workload;
  /** The folds of a pipeline in one task, or each a service. */
  readonly chained: boolean;
  /** Processes that share all services; 'each': one process for each service. */
  readonly processes: number | 'each';
  /** Flags of Node for each process, such as --cpu-prof. */
  readonly flags?: readonly string[];
}

/** Starts Leadstream's runtime on its real Kafka adapter with LMDB stores. */
export async function startOurs(given: Given, options: OursOptions): Promise<Running> {
  const { run, workload, chained, processes, flags = [] } = options;
  const chains = chainsOf(workload, run, chained);
  const count = processes === 'each' ? chains.length : processes;
  const dumps: string[] = [];
  const children = Array.from({ length: count }, (_, number) => {
    const dir = join(given.dir, `stores-${number}`);
    const dump = workload === 'state' ? join(given.dir, `state-${number}`) : undefined;
    if (dump !== undefined) dumps.push(dump);
    const task: OursTask = {
      run,
      workload,
      chained,
      only: processes === 'each' ? number : undefined,
      brokers: [given.brokers],
      registry: given.registry,
      dir,
      dump,
    };
    return startChild('ours-child.ts', import.meta.url, task, flags);
  });
  const failed = Promise.race(children.map(endsEarly));
  failed.catch(() => {}); // whoever awaits it sees it
  return {
    pids: children.map(({ pid }) => pid ?? 0),
    groups: chains.map((chain) => ({ group: groupOf(chain), topic: chain[0].input })),
    failed,
    async stop() {
      await Promise.all(children.map(end));
      return dumps;
    },
  };
}

async function endsEarly(child: ChildProcess): Promise<never> {
  const [code, signal] = await once(child, 'exit');
  throw new Error(`a process of ours ended: ${code ?? signal}`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exited = once(child, 'exit');
  child.send('end');
  await exited;
}
