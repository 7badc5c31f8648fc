import type { Random } from '#app/generator/random';
import type { Outgoing } from '#lib/flow/log';
import type { TopicPartition } from '#lib/flow/position';
import type { RunnerOptions } from '#lib/flow/runner';
import type { Store } from '#lib/flow/store';
import type { Task } from '#lib/flow/task';
import type { Broker } from '#test/simulation/broker/broker';
import type { Versioned } from '#test/simulation/database';

/** A task that an instance may host. */
export interface HostedTask {
  readonly name: string;
  readonly inputs: readonly TopicPartition[];
  create(options: RunnerOptions): Task;
}

/** What publishers send, and when: ms since the beginning. */
export interface Publication {
  readonly at: number;
  readonly records: readonly Outgoing[];
}

/** Something for the runtime to do, drawn from a seed, and how to tell that it did it rightly. */
export interface Workload {
  readonly partitions: Readonly<Record<string, number>>;
  readonly tasks: readonly HostedTask[];
  /** In order of time. */
  readonly publications: readonly Publication[];
  describeRow(row: unknown): Versioned;
  /** After everything is worked off: what is wrong with the outputs, the stores and the rows. */
  check(evidence: Evidence): readonly string[];
}

/** All that a run leaves behind. */
export interface Evidence {
  readonly broker: Broker;
  /** The stores of a task on all instances. */
  stores(task: string): readonly StoreView[];
  /** Of each key the newest row. */
  readonly rows: ReadonlyMap<string, unknown>;
}

/** A store on one instance's disk. `owner`: it is the one that had the task last, and must be where the log is. */
export interface StoreView {
  readonly instance: string;
  readonly owner: boolean;
  readonly store: Store;
}

export type DrawWorkload = (random: Random) => Workload;
