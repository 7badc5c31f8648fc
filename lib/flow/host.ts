import { FlowError } from '#lib/flow/errors';
import type { Log, Sharing } from '#lib/flow/log';
import type { Clock } from '#lib/flow/ports';
import type { Task } from '#lib/flow/task';

export interface HostOptions {
  readonly log: Log;
  readonly clock: Clock;
  /** The group of the service: its name. */
  readonly group: string;
  readonly sharing: Sharing;
  /** The task of a share; made anew each time the share is assigned. */
  readonly taskOf: (share: number) => Task;
  /** How far the stores on this machine were when it started, by share. */
  readonly stored: ReadonlyMap<number, number>;
}

/** The tasks of one service that this instance has: they come and go as its group shares them out. */
export interface Host {
  /** At work now. */
  tasks(): readonly Task[];
  /** Rejects when a task or the membership cannot go on; never resolves. */
  readonly failed: Promise<never>;
  /** Ends the tasks after the commits they are in, then leaves, so that others take over at once. */
  stop(): Promise<void>;
}

/**
 * A member that was frozen may fence its successor once, before it hears that it is out of the group. Whoever is fenced and
 * still has the share waits longer than that takes, then opens the task again.
 */
const FENCED_PAUSE = 3_000;

/** Joins the group of a service and runs the tasks of whatever shares it is given. Resolves when the first are assigned. */
export async function host(options: HostOptions): Promise<Host> {
  const { log, clock, group, sharing, taskOf } = options;
  const progress = new Map(options.stored);
  const running = new Map<number, { readonly task: Task; readonly stop: AbortController; ended: Promise<void> }>();
  let fail: (error: unknown) => void = () => {};
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  failed.catch(() => {}); // whoever awaits it sees it

  function start(share: number): void {
    const task = taskOf(share);
    const stop = new AbortController();
    running.set(share, { task, stop, ended: keep(task, clock, stop.signal).catch(fail) });
  }

  async function end(share: number): Promise<void> {
    const run = running.get(share);
    if (run === undefined) return;
    run.stop.abort();
    await run.ended;
    progress.set(share, progressOf(run.task) ?? progress.get(share) ?? 0);
    running.delete(share);
  }

  const leave = await log.join(group, sharing, {
    async assigned(shares) {
      for (const share of shares) start(share);
    },
    async revoked(shares) {
      await Promise.all(shares.map(end));
    },
    progress() {
      for (const [share, { task }] of running) progress.set(share, progressOf(task) ?? progress.get(share) ?? 0);
      return progress;
    },
    lost: fail,
  });
  return {
    tasks: () => Array.from(running.values(), ({ task }) => task),
    failed,
    stop: leave,
  };
}

/** Runs a task until it is stopped, also after others have fenced it. */
async function keep(task: Task, clock: Clock, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await task.run(signal);
    } catch (error) {
      if (!(error instanceof FlowError && error.code === 'fenced')) throw error;
      await clock.sleep(FENCED_PAUSE, signal);
    }
  }
}

function progressOf(task: Task): number | undefined {
  return task.positions()?.reduce((sum, { position }) => sum + position.offset, 0);
}
