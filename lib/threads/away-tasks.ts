import type { MessagePort } from 'node:worker_threads';
import type { InputPosition } from '#lib/flow/position';
import type { Task, TaskObserver } from '#lib/flow/task';
import { type Order, observe, type Report } from '#lib/threads/tasks-wire';
import { unwiredError } from '#lib/threads/wired-error';

export interface AwayTasks {
  /** A task that runs at the other end (host-tasks.ts). Its table is not to be had from here. */
  task(name: string): Task;
  /** The thread is gone: whatever runs there rejects with this. */
  lost(error: Error): void;
}

/** Tasks in another thread, as they are seen from this one. */
export function awayTasks(port: MessagePort, observer: TaskObserver): AwayTasks {
  const positions = new Map<string, readonly InputPosition[]>();
  const runs = new Map<string, { readonly resolve: () => void; readonly reject: (error: Error) => void }>();
  let gone: Error | undefined;
  const order = (given: Order) => port.postMessage(given);

  port.on('message', (report: Report) => {
    const { task } = report;
    if (report.kind === 'opened') positions.set(task, report.positions);
    else if (report.kind === 'committed') positions.set(task, report.batch.positions);
    if (report.kind !== 'ended') return observe(observer, report);
    const run = runs.get(task);
    runs.delete(task);
    if (report.error === undefined) run?.resolve();
    else run?.reject(unwiredError(report.error));
  });

  return {
    task: (name) => ({
      name,
      table: () => undefined,
      positions: () => positions.get(name),
      async run(signal) {
        if (gone !== undefined) throw gone;
        if (signal.aborted) return;
        const ended = new Promise<void>((resolve, reject) => {
          runs.set(name, { resolve, reject });
        });
        const stop = () => order({ kind: 'stop', task: name });
        signal.addEventListener('abort', stop, { once: true });
        order({ kind: 'run', task: name });
        await ended.finally(() => signal.removeEventListener('abort', stop));
      },
    }),
    lost(error) {
      gone = error;
      for (const { reject } of runs.values()) reject(error);
      runs.clear();
    },
  };
}
