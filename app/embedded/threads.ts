import { availableParallelism } from 'node:os';
import { MessageChannel, Worker } from 'node:worker_threads';
import type { ThreadData } from '#app/embedded/thread-data';
import type { ClickHouse } from '#lib/clickhouse/client';
import { serveInserts } from '#lib/clickhouse/remote';
import { messageOf } from '#lib/flow/errors';
import type { Task, TaskObserver } from '#lib/flow/task';
import type { EmbeddedLog } from '#lib/log/embedded/log';
import { awayTasks } from '#lib/threads/away-tasks';
import { TOPICS } from '#schemas/topics';

const ENTRY = new URL('../../bin/thread.mjs', import.meta.url);

/** Threads beside the one that owns a folder, unless told: one, where there is a core for it. More were not measured. */
export const USUAL_THREADS = availableParallelism() > 1 ? 1 : 0;

/** A thread of this process that runs some of a folder's tasks. */
export interface Thread {
  /** The task of this name there. */
  task(name: string): Task;
  /** Call when none of its tasks runs any more. */
  close(): Promise<void>;
}

export interface ThreadOptions extends Pick<ThreadData, 'dir' | 'cache' | 'ticks'> {
  readonly log: EmbeddedLog;
  readonly clickhouse: Pick<ClickHouse, 'insert'>;
  readonly observer: TaskObserver;
}

/** Starts a thread. If it dies, its tasks reject: nothing of the folder goes on then. */
export function startThread({ dir, cache, ticks, log, clickhouse, observer }: ThreadOptions): Thread {
  const [forLog, forClickHouse, forTasks] = [new MessageChannel(), new MessageChannel(), new MessageChannel()];
  log.attach(forLog.port1);
  serveInserts(forClickHouse.port1, clickhouse);
  const away = awayTasks(forTasks.port1, observer);
  const ports = { log: forLog.port2, clickhouse: forClickHouse.port2, tasks: forTasks.port2 };
  const partitions = Object.fromEntries(Object.values(TOPICS).map((topic) => [topic, log.partitions(topic)]));
  const data: ThreadData = { dir, partitions, cache, ticks, ports };
  const worker = new Worker(ENTRY, { workerData: data, transferList: Object.values(ports) });
  const ended = new Promise<void>((resolve) => {
    worker.once('exit', () => {
      away.lost(new Error('a thread of the pipeline has ended'));
      resolve();
    });
  });
  worker.once('error', (thrown) => away.lost(new Error(`a thread of the pipeline failed: ${messageOf(thrown)}`)));
  return {
    task: away.task,
    async close() {
      forTasks.port1.close();
      forClickHouse.port1.close();
      await ended;
    },
  };
}
