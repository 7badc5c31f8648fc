import { randomUUID } from 'node:crypto';
import type { TaskLog } from '#lib/flow/log';
import { openTask as openSound, type TaskDeps } from '#lib/log/kafka/task';

export { groupOf } from '#lib/log/kafka/task';

/** Opens a task under a transactional id that no other instance has: whoever had it before writes on. */
export function openTask(deps: TaskDeps, task: string): Promise<TaskLog> {
  const transactionalIdOf = (name: string) => `${deps.transactionalIdOf(name)}-${randomUUID()}`;
  return openSound({ ...deps, transactionalIdOf }, task);
}
