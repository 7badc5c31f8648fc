import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { boundHeap } from '#app/embedded/heap';
import { openOwnLog, pipelineOf } from '#app/embedded/pipeline';
import { placeTasks } from '#app/embedded/placed';
import { runnerOf } from '#app/embedded/runner';
import { fillingTask, openTables } from '#app/embedded/tables';
import { allOf, type Tasks, tasksOf } from '#app/embedded/tasks';
import { startThread } from '#app/embedded/threads';
import { refuseOtherKey } from '#app/identity-key/refuse-other-key';
import type { ClickHouseOptions, OwnClickHouse } from '#lib/clickhouse/child/open';
import { systemClock } from '#lib/clock/system';
import type { Log } from '#lib/flow/log';
import { startOver } from '#lib/flow/start-over';
import { type Supervisor, supervise } from '#lib/flow/supervisor';
import type { Task, TaskObserver } from '#lib/flow/task';
import type { IdentityHash } from '#lib/identity/identity-hash';
import type { EmbeddedLog } from '#lib/log/embedded/log';
import { createCompiler } from '#lib/model/compile';
import type { CompileModel } from '#lib/model/model';
import { observers } from '#lib/operation/observers';
import type { Pipeline } from '#services/pipeline';

/** How often it looks whether a task is open, ms. */
const LOOK_AGAIN = 5;

export interface EngineOptions {
  readonly dir: string;
  /** How long events and dead letters are kept; undefined: nothing expires meanwhile. */
  readonly retention?: { readonly days: number | undefined } | undefined;
  /** False: time is the log's alone (an import, an answer). */
  readonly ticks: boolean;
  /** How identifiers are hashed; a folder of another key is refused. */
  readonly identity: IdentityHash;
  /** Memory for leads at hand, values read and writes that wait, of all stores together, bytes. */
  readonly cache: number;
  /** Threads beside this one that run what follows identify. Only this thread's tasks have their state at hand. */
  readonly threads: number;
  /** Who may ask ClickHouse from outside and where; who hears that it has ended. */
  readonly clickhouse?: Pick<ClickHouseOptions, 'reader' | 'port' | 'observer'>;
  /** Looks at the log before anything runs; rejects to leave it as it is. */
  readonly admit?: (log: Log) => Promise<void>;
  /** Told what the tasks do. */
  readonly observer: TaskObserver;
}

/** Everything that runs in one data folder, at work. */
export interface Engine {
  readonly log: EmbeddedLog;
  readonly clickhouse: OwnClickHouse;
  readonly pipeline: Pipeline;
  readonly compile: CompileModel;
  readonly identity: IdentityHash;
  readonly supervisor: Supervisor;
  /** Rejects when the pipeline cannot go on; never resolves. */
  readonly failed: Promise<never>;
  readonly identify: Task;
  /** The chained folds' task of each partition. */
  readonly folds: readonly Task[];
  readonly analyze: readonly Task[];
  /** All tasks, in the order in which data flows. */
  readonly tasks: readonly Task[];
  /** Has all tasks in this thread from now on. Resolves when those of identify and the folds are open, with their state at hand. */
  comeHome(): Promise<void>;
  /** Calls back after each commit; stops when the returned function is called. */
  subscribe(listener: () => void): () => void;
  close(): Promise<void>;
}

/** Opens a data folder that this process owns, and sets everything in it to work. */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const { dir, identity, admit, retention } = options;
  boundHeap();
  await mkdir(dir, { recursive: true });
  const log = await openOwnLog(dir, {
    ...(retention && { retention: { clock: systemClock, days: retention.days } }),
  });
  try {
    await refuseOtherKey(log, identity, dir);
    await admit?.(log);
    return await run(options, log);
  } catch (error) {
    await log.close();
    throw error;
  }
}

/** Puts the parts together and sets them to work: what needs no tables while these are opened. */
async function run(opening: EngineOptions, log: EmbeddedLog): Promise<Engine> {
  const { dir, ticks, identity, threads } = opening;
  const compile = createCompiler();
  const pipeline = pipelineOf(log, { identity, compile });
  const listeners = new Set<() => void>();
  const observer = observers(opening.observer, {
    committed: () => {
      for (const listener of listeners) listener();
    },
  });
  const cache = opening.cache / (1 + threads);
  const inserting: Pick<OwnClickHouse, 'insert'> = {
    insert: async (...rows) => (await tables).insert(...rows),
  };
  const options = runnerOf({ ...opening, log, clickhouse: inserting, cache, observer });
  const tables = openTables({ dir: join(dir, 'clickhouse'), ...opening.clickhouse }, async () => {
    for (const topology of pipeline.analyze) await startOver(topology, log, options.openStore);
  });
  const here: Tasks = tasksOf(options, pipeline, ticks, () => placed.folds);
  const others = Array.from({ length: threads }, () =>
    startThread({ dir, cache, ticks, log, clickhouse: inserting, observer }),
  );
  const home = new AbortController();
  const placed = placeTasks(here, others, home.signal);
  const analyze = placed.analyze.map((task) => fillingTask(task, tables));
  const tasks = allOf({ ...placed, analyze });
  const supervisor = supervise(tasks, log, systemClock);
  const { identify, folds } = placed;

  async function stop(): Promise<void> {
    await supervisor.stop();
    for (const thread of others) await thread.close();
  }

  let clickhouse: OwnClickHouse;
  try {
    clickhouse = await Promise.race([tables, supervisor.failed]);
  } catch (error) {
    await stop();
    await tables.then((opened) => opened.close()).catch(() => {});
    throw error;
  }
  return {
    log,
    clickhouse,
    pipeline,
    compile,
    identity,
    supervisor,
    failed: supervisor.failed,
    identify,
    folds,
    analyze,
    tasks,
    async comeHome() {
      home.abort();
      while ([identify, ...folds].some((task) => task.table() === undefined)) {
        await Promise.race([systemClock.sleep(LOOK_AGAIN), supervisor.failed]);
      }
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      await stop();
      await clickhouse.close();
      await log.close();
    },
  };
}
