import type { Task } from '#lib/flow/task';

/** Holds tasks back that are assigned already, until everything that they depend on is known to be in order. */
export interface Gate {
  /** The task, which opens nothing before the gate is open; stopped before that, it has done nothing. */
  hold(task: Task): Task;
  open(): void;
}

export function createGate(): Gate {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return {
    hold: (task) => ({
      ...task,
      async run(signal) {
        await Promise.race([opened, aborted(signal)]);
        if (!signal.aborted) await task.run(signal);
      },
    }),
    open: () => open(),
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
