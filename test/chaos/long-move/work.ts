import { join } from 'node:path';
import { systemClock } from '#lib/clock/system';
import { createDeciderTask } from '#lib/flow/decider-task';
import { createFoldTask } from '#lib/flow/fold-task';
import type { Log } from '#lib/flow/log';
import type { OpenStore } from '#lib/flow/store';
import { supervise } from '#lib/flow/supervisor';
import { sha256 } from '#lib/hash/sha256';
import { openEmbeddedLog } from '#lib/log/embedded/log';
import { createCompiler } from '#lib/model/compile';
import { lmdbStores } from '#lib/store/lmdb';
import { TOPICS } from '#schemas/topics';
import { createIdentifyTopology } from '#services/identify/topology';
import { ANSWERING } from '#test/given/answering';
import { HOUR } from '#test/given/event';

/** Moves of one decision; each is a commit of its own. */
const MOVES_AT_ONCE = 100;

/** Where a process ends itself as kill -9 would: at a step of the nth commit of a task that writes something. */
export interface Death {
  /** The one that settles events, or one of those who answer it in what was decided about a lead. */
  readonly of: 'identify' | 'answering';
  readonly step: 'before the log' | 'before the store' | 'after the store';
  readonly commit: number;
}

export const storesIn = (dir: string) => join(dir, 'stores');

export function openLog(dir: string): Promise<Log> {
  const partitions = { [TOPICS.events]: 1, [TOPICS.activity]: 2, [TOPICS.joins]: 2, [TOPICS.deadLetters]: 1 };
  return openEmbeddedLog({ dir: join(dir, 'log'), partitions });
}

/** Settles all events in a folder with the real task, log and store; or dies. */
export async function work(dir: string, death: Death | null): Promise<void> {
  const commits = new Map<string, number>();
  const reach = (task: string, step: Death['step']) => {
    const isHere = death?.step === step && task.startsWith(death.of) && commits.get(task) === death.commit;
    if (isHere) process.kill(process.pid, 'SIGKILL');
  };
  const log = await openLog(dir);
  const mortalLog: Log = {
    ...log,
    async open(task) {
      const inner = await log.open(task);
      return {
        ...inner,
        async commit(outputs, positions) {
          if (outputs.length > 0) commits.set(task, 1 + (commits.get(task) ?? 0));
          reach(task, 'before the log');
          await inner.commit(outputs, positions);
        },
      };
    },
  };
  const openStore = lmdbStores({ dir: storesIn(dir) });
  const mortalStores: OpenStore = async (task) => {
    const store = await openStore(task);
    return {
      ...store,
      async commit(changes, positions, expected) {
        reach(task, 'before the store');
        await store.commit(changes, positions, expected);
        reach(task, 'after the store');
      },
    };
  };
  const topology = createIdentifyTopology({
    hash: sha256,
    compile: createCompiler(),
    partitions: 2,
    tickEvery: HOUR,
    importTickEvery: HOUR,
    movesAtOnce: MOVES_AT_ONCE,
  });
  const shared = { log: mortalLog, openStore: mortalStores, clock: systemClock, observer: {} };
  const identify = createDeciderTask({
    ...shared,
    topology,
    shard: 0,
    inputs: [
      { topic: TOPICS.events, partition: 0 },
      { topic: TOPICS.joins, partition: 0 },
      { topic: TOPICS.joins, partition: 1 },
    ],
    maxOutputs: 2 * MOVES_AT_ONCE,
    tickEvery: undefined,
  });
  const answering = [0, 1].map((partition) =>
    createFoldTask({ ...shared, chain: [ANSWERING], partition, maxRecords: 1_000, maxSteps: 1_000, linger: 0 }),
  );
  const running = supervise([identify, ...answering], log, systemClock);
  await running.idle(new AbortController().signal);
  await running.stop();
  await log.close();
}
