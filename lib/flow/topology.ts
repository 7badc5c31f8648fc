import type { Decider } from '#lib/flow/decider';
import type { Fold } from '#lib/flow/fold';

/**
 * What a service reads, does and writes, declared once. Topologies are data: the runtime validates them against the log's
 * topics before anything connects.
 */
export type Topology = FoldTopology | DeciderTopology;

/** Task p of a fold reads partition p of `input` and writes only partition p of its outputs, or rows into the sink. */
export interface FoldTopology {
  readonly kind: 'fold';
  readonly service: string;
  readonly input: string;
  /** A topic; undefined: its outputs are rows for the sink. */
  readonly output: string | undefined;
  /** Some of its outputs go here instead: what concerns its own pipeline alone, and no reader of `output`. */
  readonly sideOutput?: SideOutput | undefined;
  readonly fold: AnyFold;
  /**
   * Number of the form in which state is kept; 1 if absent. Raise it with every change of that form: stores that older code
   * has written are then rebuilt from the log.
   */
  readonly stateVersion?: number;
  /** The row of the sink that holds a counter's absolute values; needed by a fold that counts. */
  readonly counterRow?: CounterRow | undefined;
}

/** Which outputs of a fold go to a topic of their own. */
export interface SideOutput<Out = unknown> {
  readonly topic: string;
  readonly takes: (output: Out) => boolean;
}

/** The topics that a fold writes; none: its outputs are rows. */
export function topicsOf({ output, sideOutput }: FoldTopology): readonly string[] {
  return [output, sideOutput?.topic].filter((topic) => topic !== undefined);
}

/** Turns a bucket's absolute values in one partition into a row; the same values always give the same row. */
export type CounterRow = (partition: number, bucket: string, values: Readonly<Record<string, number>>) => unknown;

/** One active task per shard reads all partitions of `inputs` and is the only writer of all partitions of `outputs`. */
export interface DeciderTopology {
  readonly kind: 'decider';
  readonly service: string;
  readonly inputs: readonly string[];
  /** Those of its inputs that answer what it has asked for in its outputs: they come before all others (Decision.waitsFor). */
  readonly answers?: readonly string[];
  /** Kept topics that it alone writes and is rebuilt from. */
  readonly outputs: readonly string[];
  /** Topics that it writes among others (dead letters): no part of its state. */
  readonly sideOutputs: readonly string[];
  readonly decider: Decider<unknown, unknown>;
  /**
   * Number of the form in which state is kept; 1 if absent. Raise it with every change of that form: stores that older code
   * has written are then rebuilt from the log.
   */
  readonly stateVersion?: number;
}

/** A fold whose types the runtime need not know: it only carries values from the log to the fold and back. */
export type AnyFold = Fold<unknown, unknown, unknown, unknown>;

/** Declares a fold. The one place where its types are forgotten: a topic's schemas vouch for them. */
export function foldTopology<State, In, Out, Shared>(declared: {
  readonly service: string;
  readonly input: string;
  readonly output: string | undefined;
  readonly sideOutput?: SideOutput<Out>;
  readonly fold: Fold<State, In, Out, Shared>;
  readonly stateVersion?: number;
  readonly counterRow?: CounterRow;
}): FoldTopology {
  const { sideOutput } = declared;
  return {
    kind: 'fold',
    ...declared,
    sideOutput: sideOutput as SideOutput | undefined,
    fold: declared.fold as unknown as AnyFold,
  };
}

/** Declares a decider; types are forgotten as in foldTopology. */
export function deciderTopology<In, Out>(declared: {
  readonly service: string;
  readonly inputs: readonly string[];
  readonly answers?: readonly string[];
  readonly outputs: readonly string[];
  readonly sideOutputs: readonly string[];
  readonly decider: Decider<In, Out>;
  readonly stateVersion?: number;
}): DeciderTopology {
  return { kind: 'decider', ...declared, decider: declared.decider as unknown as Decider<unknown, unknown> };
}
