import { FlowError } from '#lib/flow/errors';
import type { Outgoing } from '#lib/flow/log';
import type { Clock } from '#lib/flow/ports';
import type { InputPosition, TopicPartition } from '#lib/flow/position';
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

/**
 * Told what a task does: for metrics, logs and the dashboard. Must not throw. It is told a few times per commit, never once
 * per record. A run is `opening`, maybe `restoring`, `opened`, commits, after an outage `paused` and all of it again; it
 * ends with one of `closed`, `fenced` and `failed`.
 */
export interface TaskObserver {
  opening?(task: string): void;
  /** It folds again what its store lacks; told first with nothing done. */
  restoring?(task: string, progress: Restored): void;
  /** It goes on from `positions`. `took`: ms since `opening`, by the task's clock. */
  opened?(task: string, from: { readonly positions: readonly InputPosition[]; readonly took: number }): void;
  /** What it turns to: who measures how long each takes brings a clock. */
  turned?(task: string, to: TaskPhase): void;
  committed?(task: string, batch: Committed): void;
  /** An outage, or a lost compare-and-set: it opens again in `retryInMs`. */
  paused?(task: string, error: unknown, retryInMs: number): void;
  /**
   * It goes by the order of all partitions, and these have shown nothing for 15 s while others did: it decides nothing until
   * they do. Told again when others are in the list, and with none when it goes on.
   */
  held?(task: string, by: readonly HeldBy[]): void;
  /** It was stopped. */
  closed?(task: string): void;
  /** Another instance has taken it over. */
  fenced?(task: string): void;
  /** It cannot go on. */
  failed?(task: string, error: unknown): void;
}

/** Waits for records, runs a batch of them in memory, or commits it. */
export type TaskPhase = 'reading' | 'folding' | 'committing';

/** A partition that an ordered decider waits for. */
export interface HeldBy extends TopicPartition {
  /** When the wait began, ms since 1970 UTC, by the task's clock. */
  readonly since: number;
}

/** How much of what a store lacks is in it again, offsets of the log. */
export interface Restored {
  readonly done: number;
  readonly total: number;
}

/** A batch that was committed. */
export interface Committed {
  /** Input records. */
  readonly records: number;
  /** Records written to topics, and how many to each. */
  readonly outputs: number;
  readonly byTopic: ReadonlyMap<string, number>;
  /** Rows written into the sink. */
  readonly rows: number;
  /** How far the task is in its inputs. */
  readonly positions: readonly InputPosition[];
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
  try {
    await sessions(task, session, clock, observer, signal);
  } catch (error) {
    if (error instanceof FlowError && error.code === 'fenced') observer.fenced?.(task);
    else observer.failed?.(task, error);
    throw error;
  }
  observer.closed?.(task);
}

async function sessions(
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
      observer.opening?.(task);
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

/** Whatever happens, all that was opened is closed, the last first; what the work failed with counts more than how it closed. */
async function closing(work: (opened: Opened) => Promise<void>): Promise<void> {
  const opened: Opened = [];
  const outcome = await work(opened).then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  let failure = outcome;
  for (const close of opened.reverse()) {
    await close().catch((error: unknown) => {
      failure ??= { error };
    });
  }
  if (failure !== undefined) throw failure.error;
}

/** How many records go to each topic. */
export function countByTopic(outputs: readonly Outgoing[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { topic } of outputs) counts.set(topic, (counts.get(topic) ?? 0) + 1);
  return counts;
}
