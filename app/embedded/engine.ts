import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { boundHeap } from '#app/embedded/heap';
import { openOwnLog, pipelineOf, TICK_EVERY } from '#app/embedded/pipeline';
import { refuseOtherKey } from '#app/identity-key/refuse-other-key';
import { type ClickHouseOptions, type OwnClickHouse, openClickHouse } from '#lib/clickhouse/child/open';
import { isEmpty, migrate } from '#lib/clickhouse/migrate';
import { createClickHouseSink } from '#lib/clickhouse/sink';
import { systemClock } from '#lib/clock/system';
import type { Log } from '#lib/flow/log';
import type { Sink } from '#lib/flow/ports';
import { Room } from '#lib/flow/room';
import { deciderTask, foldTasks, sinkTasks } from '#lib/flow/runner';
import { startOver } from '#lib/flow/start-over';
import { type Supervisor, supervise } from '#lib/flow/supervisor';
import type { Task, TaskObserver } from '#lib/flow/task';
import type { IdentityHash } from '#lib/identity/identity-hash';
import type { EmbeddedLog } from '#lib/log/embedded/log';
import { createCompiler } from '#lib/model/compile';
import type { CompileModel } from '#lib/model/model';
import { recordsBehind } from '#lib/operation/lag';
import { observers } from '#lib/operation/observers';
import { lmdbStores } from '#lib/store/lmdb';
import { writeBehindStores } from '#lib/store/write-behind';
import type { Pipeline } from '#services/pipeline';

/** Least time between two inserts of a table, ms: fresh enough for an eye, and large enough for ClickHouse. */
const PAUSE = { linger: 250 };
/** Where time is the log's alone nobody watches: fewer, larger inserts, and none that is waited for when all is done. */
const UNWATCHED_PAUSE = { linger: 1_000, quiet: 100 };

/** Writes that a store gathers for so long at most, ms, before it goes to the disk: what a crash has to fold again. */
const WAIT = 10_000;
/** So many at most: they go at once, and others wait for this thread meanwhile. */
const WAITING = 4_000;
/** Where nobody waits for an answer: more, since what changes again is written once. */
const UNWATCHED_WAITING = 100_000;

/** How long one task keeps the others waiting, ms. */
const TURN = 40;

/** Activities that the folds have still to read when a long move waits for them: others come between. */
const CROWD = 500;

/** Bytes of the log's newest records kept decoded: more than what is under way between its services. */
const RECENT_BYTES = 16 * 1024 * 1024;

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
  /** Calls back after each commit; stops when the returned function is called. */
  subscribe(listener: () => void): () => void;
  close(): Promise<void>;
}

/** Opens a data folder that this process owns, and sets everything in it to work. */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const { dir, ticks, identity, admit, retention } = options;
  boundHeap();
  await mkdir(dir, { recursive: true });
  const log = await openOwnLog(dir, {
    recentBytes: RECENT_BYTES,
    ...(retention && { retention: { clock: systemClock, days: retention.days } }),
  });
  try {
    await refuseOtherKey(log, identity, dir);
    await admit?.(log);
    const clickhouse = await openClickHouse({ dir: join(dir, 'clickhouse'), ...options.clickhouse });
    try {
      const engine = assemble(options, log, clickhouse);
      // Before the tables are there again: a crash in between finds them missing still.
      if (await isEmpty(clickhouse)) await engine.startOver();
      await migrate(clickhouse);
      return engine.run(ticks);
    } catch (error) {
      await clickhouse.close();
      throw error;
    }
  } catch (error) {
    await log.close();
    throw error;
  }
}

/** Puts the parts together; nothing runs yet. */
function assemble(opening: EngineOptions, log: EmbeddedLog, clickhouse: OwnClickHouse) {
  const { dir, identity, cache, observer } = opening;
  const compile = createCompiler();
  const pipeline = pipelineOf(log, { identity, compile });
  const listeners = new Set<() => void>();
  const options = {
    log,
    clock: systemClock,
    turn: TURN,
    sink: createClickHouseSink(clickhouse) as Sink<unknown>,
    openStore: writeBehindStores(lmdbStores({ dir: join(dir, 'stores') }), {
      room: new Room(cache),
      waiting: opening.ticks ? WAITING : UNWATCHED_WAITING,
      wait: WAIT,
      clock: systemClock,
    }),
    observer: observers(observer, {
      committed: () => {
        for (const listener of listeners) listener();
      },
    }),
  };
  return {
    async startOver(): Promise<void> {
      for (const topology of pipeline.analyze) await startOver(topology, log, options.openStore);
    },
    run(ticks: boolean): Engine {
      const folds = foldTasks(options, pipeline.folds);
      const tickEvery = ticks ? TICK_EVERY : undefined;
      const isCrowded = async () => (await recordsBehind(folds, log)) > CROWD;
      const identify = deciderTask(options, pipeline.identify, tickEvery, isCrowded);
      const handoff = deciderTask(options, pipeline.handoff, undefined);
      const pause = ticks ? PAUSE : UNWATCHED_PAUSE;
      const analyze = pipeline.analyze.flatMap((topology) => sinkTasks(options, topology, pause));
      const tasks = [identify, ...folds, handoff, ...analyze];
      const supervisor = supervise(tasks, log, systemClock);
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
        subscribe(listener) {
          listeners.add(listener);
          return () => listeners.delete(listener);
        },
        async close() {
          await supervisor.stop();
          await clickhouse.close();
          await log.close();
        },
      };
    },
  };
}
