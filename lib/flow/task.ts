import { FlowError } from '#lib/flow/errors';
import type { Clock } from '#lib/flow/ports';
import type { InputPosition } from '#lib/flow/position';
import type { TableReader } from '#lib/flow/store';

/** A unit of work with one owner: reads its inputs, commits, until it is stopped. */
export interface Task {
  /** service-partition; the name under which it is fenced. */
  readonly name: string;
  /**
   * Works until `signal` is aborted. Pauses and opens itself again in an outage. Rejects if it can't go on: fenced, its
   * position lost, a bug.
   */
  run(signal: AbortSignal): Promise<void>;
  /** How far it has come in its inputs, as last committed; undefined until it was opened once. */
  positions(): readonly InputPosition[] | undefined;
  /** Its state as last committed; undefined while it is not open. */
  table(): TableReader | undefined;
}

/** Told what a task does: for metrics, logs and the dashboard. Must not throw. */
export interface TaskObserver {
  opened?(task: string): void;
  committed?(task: string, batch: { readonly records: number; readonly outputs: number }): void;
  restoring?(task: string, progress: { readonly done: number; readonly total: number }): void;
  paused?(task: string, error: unknown, retryInMs: number): void;
}

const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 10_000;

/** What a session has opened, in order: how to close it. */
export type Opened = (() => Promise<void>)[];

/** Runs sessions of a task one after another: an outage or a lost compare-and-set ends one, and the next starts from what was committed. */
export async function keepRunning(
  task: string,
  session: (opened: Opened, signal: AbortSignal) => Promise<void>,
  clock: Clock,
  observer: TaskObserver,
  signal: AbortSignal,
): Promise<void> {
  let pause = FIRST_PAUSE;
  while (!signal.aborted) {
    const started = clock.now();
    try {
      await closing((opened) => session(opened, signal));
      return;
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof FlowError && error.retriable)) throw error;
      if (clock.now() - started > LONGEST_PAUSE) pause = FIRST_PAUSE;
      observer.paused?.(task, error, pause);
      await clock.sleep(pause, signal);
      pause = Math.min(pause * 2, LONGEST_PAUSE);
    }
  }
}

/** Whatever happens, what was opened is closed, the last first. */
async function closing(work: (opened: Opened) => Promise<void>): Promise<void> {
  const opened: Opened = [];
  try {
    await work(opened);
  } finally {
    for (const close of opened.reverse()) await close();
  }
}
