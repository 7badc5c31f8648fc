import type { Log } from '#lib/flow/log';
import type { InputPosition } from '#lib/flow/position';
import type { Task } from '#lib/flow/task';
import { INPUT } from '#test/bench/kafka-streams/workload';

const PAGE = 2000;

/** Reads a partition page by page and commits how far it is: what is left of a task without fold and store. */
export function readingTask(log: Log, partition: number): Task {
  let positions: readonly InputPosition[] | undefined;
  return {
    name: `reading-${partition}`,
    positions: () => positions,
    table: () => undefined,
    async run(signal) {
      const reader = log.reader({ topic: INPUT, partition }, 0);
      const taskLog = await log.open(`reading-${partition}`);
      while (!signal.aborted) {
        const last = (await reader.next(PAGE, signal)).at(-1);
        if (last === undefined) continue;
        positions = [{ topic: INPUT, partition, position: { offset: last.offset + 1, cursor: 0 } }];
        await taskLog.commit([], positions);
      }
    },
  };
}
