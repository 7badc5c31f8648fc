import { FlowError } from '#lib/flow/errors';
import type { TaskLog } from '#lib/flow/log';

/**
 * Does a task's work. An error that would end the task for good counts only while the task is still its own: what a newer owner
 * has committed meanwhile can look like damage, as outputs without a position or a gap between outputs. Rejects with `fenced`
 * then, and with a retriable error if the log does not tell.
 */
export async function asOwner<Result>(
  taskLog: TaskLog,
  signal: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (signal.aborted || isPassing(error)) throw error;
    const answer: unknown = await taskLog.commit([], []).catch((reason: unknown) => reason);
    throw isPassing(answer) ? answer : error;
  }
}

/** Whether the task may be opened again after it. */
function isPassing(error: unknown): boolean {
  return error instanceof FlowError && (error.retriable || error.code === 'fenced');
}
