import type { Log } from '#lib/flow/log';
import type { InputPosition } from '#lib/flow/position';
import type { Task } from '#lib/flow/task';
import { readTaskName } from '#lib/operation/task-name';

/** Records that a task has still to read in one partition of its input. */
export interface Lag {
  readonly service: string;
  readonly topic: string;
  readonly partition: number;
  /** Offsets between its committed position and the log's end. */
  readonly lag: number;
}

/** Asked at a scrape, once at a time; may reject or take long in an outage, but must come to an end. */
export type LagSource = () => Promise<readonly Lag[]>;

/** The lag of the tasks that are here; one that was never open is left out. Rejects if the log does not answer. */
export function lagOf(tasks: () => readonly Task[], log: Log): LagSource {
  return async () => {
    const inputs = tasks().flatMap((task) =>
      (task.positions() ?? []).map((input) => ({ service: readTaskName(task.name).service, input })),
    );
    return Promise.all(
      inputs.map(async ({ service, input }) => {
        const { topic, partition } = input;
        return { service, topic, partition, lag: await toRead(input, log) };
      }),
    );
  };
}

/** Records that tasks have still to read, over all; one that was never open is left out. */
export async function recordsBehind(tasks: readonly Task[], log: Log): Promise<number> {
  let records = 0;
  for (const task of tasks) for (const input of task.positions() ?? []) records += await toRead(input, log);
  return records;
}

async function toRead(input: InputPosition, log: Log): Promise<number> {
  return Math.max(0, (await log.end(input)) - input.position.offset);
}
