/** Whose a task is. */
export interface TaskName {
  /** A service, or neighbours chained in one task: `score+stage+trigger`. */
  readonly service: string;
  /** A partition of its input; a decider's shard. */
  readonly partition: number;
}

/** Takes a task's name, `service-partition`, apart. */
export function readTaskName(task: string): TaskName {
  const [, service = task, partition = '0'] = /^(.*)-(\d+)$/.exec(task) ?? [];
  return { service, partition: Number(partition) };
}
