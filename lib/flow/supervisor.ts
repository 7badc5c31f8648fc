import type { Log } from '#lib/flow/log';
import type { Clock } from '#lib/flow/ports';
import type { Task } from '#lib/flow/task';

/** Tasks at work, in the order in which data flows through them. */
export interface Supervisor {
  /** Rejects when a task can't go on; never resolves. All tasks end with it. */
  readonly failed: Promise<never>;
  /** Resolves when every task has worked off its inputs. Call while nothing is published and no ticks flow, else it may not. */
  idle(signal: AbortSignal): Promise<void>;
  /** Records that the tasks have still to read, over all. */
  lag(): Promise<number>;
  /** Ends a task; the returned function starts it again. */
  hold(task: Task): Promise<() => void>;
  /** Ends all tasks after the commit they are in. */
  stop(): Promise<void>;
}

const LOOK_AGAIN = 5;

export function supervise(tasks: readonly Task[], log: Log, clock: Clock): Supervisor {
  const running = new Map<Task, { readonly stop: AbortController; readonly ended: Promise<void> }>();
  let fail: (error: unknown) => void = () => {};
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  failed.catch(() => {}); // whoever awaits it sees it

  function start(task: Task): void {
    const stop = new AbortController();
    const ended = task.run(stop.signal).catch((error) => {
      fail(error);
      for (const other of running.values()) other.stop.abort();
    });
    running.set(task, { stop, ended });
  }

  async function end(task: Task): Promise<void> {
    const run = running.get(task);
    run?.stop.abort();
    await run?.ended;
    running.delete(task);
  }

  /** Upstream first: what a task has yet to write, those after it have yet to read. */
  async function lag(): Promise<number> {
    let records = 0;
    for (const task of tasks) {
      if (!running.has(task)) continue;
      const positions = task.positions();
      if (positions === undefined) records += 1;
      for (const input of positions ?? []) {
        const behind = (await log.end(input)) - input.position.offset;
        records += behind + (input.position.cursor > 0 ? 1 : 0);
      }
    }
    return records;
  }

  for (const task of tasks) start(task);
  return {
    failed,
    lag,
    async idle(signal) {
      while (!signal.aborted && (await Promise.race([lag(), failed])) > 0) await clock.sleep(LOOK_AGAIN, signal);
    },
    async hold(task) {
      await end(task);
      return () => start(task);
    },
    async stop() {
      for (const { stop } of running.values()) stop.abort();
      await Promise.all(Array.from(running.values(), ({ ended }) => ended));
    },
  };
}
