import type { MessagePort } from 'node:worker_threads';
import type { Task } from '#lib/flow/task';
import type { Order, Report } from '#lib/threads/tasks-wire';
import { wiredError } from '#lib/threads/wired-error';

/** Runs tasks as whoever is at the other end of the port orders (away-tasks.ts). */
export function hostTasks(port: MessagePort, tasks: readonly Task[]): void {
  const byName = new Map(tasks.map((task) => [task.name, task]));
  const running = new Map<string, AbortController>();
  const send = (report: Report) => port.postMessage(report);

  async function run(name: string): Promise<void> {
    const task = byName.get(name);
    if (task === undefined) throw new Error(`there is no task ${name} here`);
    const stop = new AbortController();
    running.set(name, stop);
    try {
      await task.run(stop.signal);
    } finally {
      running.delete(name);
    }
  }

  port.on('message', ({ kind, task }: Order) => {
    if (kind === 'stop') running.get(task)?.abort();
    else
      run(task).then(
        () => send({ kind: 'ended', task, error: undefined }),
        (error: unknown) => send({ kind: 'ended', task, error: wiredError(error) }),
      );
  });
}
