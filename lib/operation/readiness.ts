import type { TaskObserver } from '#lib/flow/task';
import { createTaskStates, type TaskStatus } from '#lib/operation/task-states';

/** Whether the tasks of this process do their work. */
export interface Readiness {
  /** To be told by every task of the process. */
  readonly observer: TaskObserver;
  report(): ReadinessReport;
  /** Not ready for this reason (what it waits for, one plain line) until the returned function is called. */
  until(reason: string): () => void;
}

export interface ReadinessReport {
  /** Nothing is waited for, and every task that is here is open. A process that stands by without a task is ready. */
  readonly ready: boolean;
  /** Tasks that are here. */
  readonly tasks: number;
  readonly waitingFor: readonly string[];
  /** Tasks that are not open. */
  readonly notOpen: readonly TaskStatus[];
  /** Tasks that are open and decide nothing, since partitions that they wait for show nothing. */
  readonly held: readonly TaskStatus[];
}

export function createReadiness(): Readiness {
  const states = createTaskStates();
  const waiting = new Set<{ readonly reason: string }>();
  return {
    observer: states.observer,
    report() {
      const tasks = states.list();
      const notOpen = tasks.filter(({ state }) => state !== 'open');
      const held = tasks.filter((task) => task.held !== undefined);
      const waitingFor = Array.from(waiting, ({ reason }) => reason);
      const ready = notOpen.length === 0 && waitingFor.length === 0;
      return { ready, tasks: tasks.length, waitingFor, notOpen, held };
    },
    until(reason) {
      const one = { reason };
      waiting.add(one);
      return () => void waiting.delete(one);
    },
  };
}
