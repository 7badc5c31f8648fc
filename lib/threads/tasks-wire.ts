import type { InputPosition } from '#lib/flow/position';
import type { Committed, HeldBy, Restored, TaskObserver, TaskPhase } from '#lib/flow/task';
import { unwiredError, type WiredError, wiredError } from '#lib/threads/wired-error';

/** What a thread is asked to do with its tasks. */
export type Order = { readonly kind: 'run' | 'stop'; readonly task: string };

/** What a thread tells of its tasks: their observers' calls, and how a run ended. */
export type Report = { readonly task: string } & (
  | { readonly kind: 'opening' | 'closed' | 'fenced' }
  | { readonly kind: 'restoring'; readonly progress: Restored }
  | { readonly kind: 'opened'; readonly positions: readonly InputPosition[]; readonly took: number }
  | { readonly kind: 'turned'; readonly to: TaskPhase }
  | { readonly kind: 'committed'; readonly batch: Committed }
  | { readonly kind: 'paused'; readonly error: WiredError; readonly retryInMs: number }
  | { readonly kind: 'held'; readonly by: readonly HeldBy[] }
  | { readonly kind: 'failed'; readonly error: WiredError }
  | { readonly kind: 'ended'; readonly error: WiredError | undefined }
);

/** An observer whose calls go to another thread. */
export function reporting(send: (report: Report) => void): Required<TaskObserver> {
  return {
    opening: (task) => send({ kind: 'opening', task }),
    restoring: (task, progress) => send({ kind: 'restoring', task, progress }),
    opened: (task, { positions, took }) => send({ kind: 'opened', task, positions, took }),
    turned: (task, to) => send({ kind: 'turned', task, to }),
    committed: (task, batch) => send({ kind: 'committed', task, batch }),
    paused: (task, error, retryInMs) => send({ kind: 'paused', task, error: wiredError(error), retryInMs }),
    held: (task, by) => send({ kind: 'held', task, by }),
    closed: (task) => send({ kind: 'closed', task }),
    fenced: (task) => send({ kind: 'fenced', task }),
    failed: (task, error) => send({ kind: 'failed', task, error: wiredError(error) }),
  };
}

/** Calls an observer as the report says. */
export function observe(observer: TaskObserver, report: Report): void {
  const { kind, task } = report;
  if (kind === 'opening' || kind === 'closed' || kind === 'fenced') observer[kind]?.(task);
  else if (kind === 'restoring') observer.restoring?.(task, report.progress);
  else if (kind === 'opened') observer.opened?.(task, report);
  else if (kind === 'turned') observer.turned?.(task, report.to);
  else if (kind === 'committed') observer.committed?.(task, report.batch);
  else if (kind === 'paused') observer.paused?.(task, unwiredError(report.error), report.retryInMs);
  else if (kind === 'held') observer.held?.(task, report.by);
  else if (kind === 'failed') observer.failed?.(task, unwiredError(report.error));
}
