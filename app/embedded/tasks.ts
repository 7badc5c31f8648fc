import { TICK_EVERY } from '#app/embedded/pipeline';
import { deciderTask, foldTasks, type RunnerOptions, sinkTasks } from '#lib/flow/runner';
import type { Task } from '#lib/flow/task';
import { recordsBehind } from '#lib/operation/lag';
import type { Pipeline } from '#services/pipeline';

/** Least time between two inserts of a table, ms: fresh enough for an eye, and large enough for ClickHouse. */
const PAUSE = { linger: 250 };
/** Where time is the log's alone nobody watches: fewer, larger inserts, and none that is waited for when all is done. */
const UNWATCHED_PAUSE = { linger: 1_000, quiet: 100 };

/** Activities that the folds have still to read when a long move waits for them: others come between. */
const CROWD = 500;

/** All tasks of a data folder. */
export interface Tasks {
  readonly identify: Task;
  /** The chained folds' task of each partition. */
  readonly folds: readonly Task[];
  readonly handoff: Task;
  readonly analyze: readonly Task[];
}

/** `ticks`: time goes on by itself; false: it is the log's alone. `atWork`: the folds' tasks, wherever they run. */
export function tasksOf(
  options: RunnerOptions,
  pipeline: Pipeline,
  ticks: boolean,
  atWork?: () => readonly Task[],
): Tasks {
  const folds = foldTasks(options, pipeline.folds);
  const isCrowded = async () => (await recordsBehind(atWork?.() ?? folds, options.log)) > CROWD;
  return {
    identify: deciderTask(options, pipeline.identify, ticks ? TICK_EVERY : undefined, isCrowded),
    folds,
    handoff: deciderTask(options, pipeline.handoff, undefined),
    analyze: pipeline.analyze.flatMap((topology) => sinkTasks(options, topology, ticks ? PAUSE : UNWATCHED_PAUSE)),
  };
}

/** In the order in which data flows. */
export function allOf({ identify, folds, handoff, analyze }: Tasks): readonly Task[] {
  return [identify, ...folds, handoff, ...analyze];
}
