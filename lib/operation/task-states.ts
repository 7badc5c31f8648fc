import { messageOf } from '#lib/flow/errors';
import type { HeldBy, Restored, TaskObserver } from '#lib/flow/task';
import { readTaskName, type TaskName } from '#lib/operation/task-name';

export const TASK_STATES = ['opening', 'restoring', 'open', 'paused', 'failed'] as const;

/** `open`: at work. `paused`: waits out an outage. `failed`: ended for good. */
export type TaskState = (typeof TASK_STATES)[number];

/** How a task of this process is. */
export interface TaskStatus extends TaskName {
  readonly task: string;
  readonly state: TaskState;
  /** How far its last restoration was or is. */
  readonly restored?: Restored;
  /** Why it is paused or failed, one plain line. */
  readonly error?: string;
  /** Partitions that show nothing and for which it waits; absent: none. */
  readonly held?: readonly HeldBy[];
  /** How long the pause is, ms. */
  readonly retryInMs?: number;
}

/** The tasks that are here, in the order in which they came. A task that was stopped or taken over is not. */
export interface TaskStates {
  readonly observer: TaskObserver;
  list(): readonly TaskStatus[];
}

export function createTaskStates(): TaskStates {
  const tasks = new Map<string, TaskStatus>();

  function now(task: string, state: TaskState, more: Partial<TaskStatus> = {}): void {
    const before = tasks.get(task)?.restored;
    const restored = before === undefined ? {} : { restored: before };
    tasks.set(task, { task, ...readTaskName(task), state, ...restored, ...more });
  }

  return {
    observer: {
      opening: (task) => now(task, 'opening'),
      restoring: (task, restored) => now(task, 'restoring', { restored }),
      opened: (task) => now(task, 'open'),
      held: (task, held) => now(task, 'open', held.length === 0 ? {} : { held }),
      paused: (task, error, retryInMs) => now(task, 'paused', { error: oneLine(error), retryInMs }),
      failed: (task, error) => now(task, 'failed', { error: oneLine(error) }),
      closed: (task) => void tasks.delete(task),
      fenced: (task) => void tasks.delete(task),
    },
    list: () => [...tasks.values()],
  };
}

function oneLine(error: unknown): string {
  return messageOf(error).replace(/\s+/g, ' ');
}
