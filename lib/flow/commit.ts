import type { Outgoing, TaskLog } from '#lib/flow/log';
import type { Sink } from '#lib/flow/ports';
import type { InputPosition } from '#lib/flow/position';
import type { Change, Store } from '#lib/flow/store';

/** Where a task commits to. */
export interface CommitTargets {
  readonly log: TaskLog;
  readonly store: Store;
  readonly sink: Sink<unknown> | undefined;
}

/** A batch that ran into memory: nothing of it has happened yet. */
export interface Batch {
  readonly outputs: readonly Outgoing[];
  readonly rows: readonly unknown[];
  readonly changes: readonly Change[];
  /** How far the task's inputs are with this batch. */
  readonly inputs: readonly InputPosition[];
  /** What the store is the fold of, with this batch and before it. */
  readonly folded: readonly InputPosition[];
  readonly before: readonly InputPosition[] | undefined;
}

/**
 * The commit protocol, the same on every log. A crash between two steps changes nothing: rows are written again with the
 * same keys, and a store that is behind is re-folded with emission off. If it rejects, throw the batch, the task's log
 * and its store away and open the task again.
 */
export async function commit(targets: CommitTargets, batch: Batch): Promise<void> {
  // 1. The batch has run into a memory overlay; nothing is visible yet.
  // 2. Rows are acknowledged before the position says that they are written.
  if (batch.rows.length > 0) await targets.sink?.write(batch.rows);
  // 3. One log transaction: outputs and input positions, or neither.
  await targets.log.commit(batch.outputs, batch.inputs);
  // 4. The overlay and its position enter the store by compare-and-set: it is never ahead of the log.
  await targets.store.commit(batch.changes, batch.folded, batch.before);
}
