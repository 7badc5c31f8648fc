import { createDeciderTask } from '#lib/flow/decider-task';
import { createFoldTask } from '#lib/flow/fold-task';
import type { Log } from '#lib/flow/log';
import { partitionsOf } from '#lib/flow/partitions';
import type { Clock, Sink } from '#lib/flow/ports';
import type { OpenStore } from '#lib/flow/store';
import type { Task, TaskObserver } from '#lib/flow/task';
import type { DeciderTopology, FoldTopology } from '#lib/flow/topology';

/** What tasks work with. */
export interface RunnerOptions {
  readonly log: Log;
  readonly openStore: OpenStore;
  readonly sink: Sink<unknown>;
  readonly clock: Clock;
  readonly observer: TaskObserver;
  /** Where tasks share a process: a batch takes it for about so long at most, ms; absent: as long as it needs. */
  readonly turn?: number;
}

/** Bounds of one commit: throughput against latency and memory. */
const FOLD_BATCH = { maxRecords: 2000, maxSteps: 8000, linger: 0 };
const SINK_BATCH = { maxRecords: 10_000, maxSteps: 10_000 };
const DECIDER_BATCH = 2000;

/** The task of one partition of a chain of folds that write topics. */
export function foldTask(
  options: RunnerOptions,
  chain: readonly [FoldTopology, ...FoldTopology[]],
  partition: number,
): Task {
  return createFoldTask({ ...options, ...FOLD_BATCH, chain, partition, sink: undefined });
}

/** When a fold that writes rows commits, ms: so long after its last commit at least, or when nothing has come for `quiet`. */
export interface Pause {
  readonly linger: number;
  readonly quiet?: number;
}

/** The task of one partition of a fold that writes rows. */
export function sinkTask(options: RunnerOptions, topology: FoldTopology, partition: number, pause: Pause): Task {
  return createFoldTask({ ...options, ...SINK_BATCH, ...pause, chain: [topology], partition });
}

/** One task per partition of a chain of folds that write topics. */
export function foldTasks(options: RunnerOptions, chain: readonly [FoldTopology, ...FoldTopology[]]): Task[] {
  return partitionsOf(options.log, chain[0].input).map(({ partition }) => foldTask(options, chain, partition));
}

/** One task per partition of a fold that writes rows. */
export function sinkTasks(options: RunnerOptions, topology: FoldTopology, pause: Pause): Task[] {
  return partitionsOf(options.log, topology.input).map(({ partition }) =>
    sinkTask(options, topology, partition, pause),
  );
}

/**
 * The task of a decider that has all partitions of its inputs: one shard. `tickEvery` in ms; undefined: time brings nothing.
 * `crowded`: whether whoever reads what it writes has enough to do.
 */
export function deciderTask(
  options: RunnerOptions,
  topology: DeciderTopology,
  tickEvery: number | undefined,
  crowded: () => Promise<boolean> = never,
): Task {
  const inputs = topology.inputs.flatMap((topic) => partitionsOf(options.log, topic));
  return createDeciderTask({ ...options, topology, inputs, shard: 0, maxOutputs: DECIDER_BATCH, tickEvery, crowded });
}

const never = async () => false;
