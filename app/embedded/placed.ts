import type { Tasks } from '#app/embedded/tasks';
import type { Thread } from '#app/embedded/threads';
import type { Task } from '#lib/flow/task';
import { readTaskName } from '#lib/operation/task-name';

/**
 * Where the tasks of a folder run: identify here, and all that follow it in the other threads, by partition, if there are
 * any; here from when `home` is aborted.
 */
export function placeTasks(here: Tasks, threads: readonly Thread[], home: AbortSignal): Tasks {
  const place = (task: Task): Task => {
    const thread = threads[readTaskName(task.name).partition % threads.length];
    return thread === undefined ? task : placedTask(task, thread.task(task.name), home);
  };
  return {
    identify: here.identify,
    folds: here.folds.map(place),
    handoff: place(here.handoff),
    analyze: here.analyze.map(place),
  };
}

/**
 * A task that begins in another thread (`away`), and goes on in this one (`here`) when `home` is aborted. Its state is to be
 * had only here.
 */
function placedTask(here: Task, away: Task, home: AbortSignal): Task {
  let at = away;
  return {
    name: here.name,
    table: () => at.table(),
    positions: () => at.positions(),
    async run(signal) {
      if (at === away) {
        await away.run(AbortSignal.any([signal, home]));
        if (!home.aborted) return;
        at = here;
      }
      await here.run(signal);
    },
  };
}
