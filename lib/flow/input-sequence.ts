import type { Concern, Settled } from '#lib/flow/decider';
import type { LogRecord } from '#lib/flow/log';
import type { InputPosition, TopicPartition } from '#lib/flow/position';

/** Whom a decision on an input would concern now. */
export type ConcernOf = (record: LogRecord) => Concern;

/** An input whose turn it is. */
export interface Turn {
  readonly record: LogRecord;
  /** Of one that goes ahead of what is under way, which it may only if one decision settles it. */
  readonly passing?: Concern;
  /** The present for the decision, ms since 1970 UTC; absent: what the clock says. */
  readonly now?: number;
}

/** Whose turn it is among the inputs of a decider, and how far it is in each. */
export interface InputSequence {
  /** Whether more inputs are needed for another first decision. */
  readonly isOut: boolean;
  /** Whether it is in need of more from a partition. */
  wants(input: TopicPartition): boolean;
  /** Takes in more, those of a partition in their order; call only when it is out. */
  add(records: readonly LogRecord[]): void;
  /** The input on which there is more to decide now, while others may pass it; undefined also while it waits for an answer. */
  readonly underWay: LogRecord | undefined;
  /** The next input to decide on; undefined: none may be taken now. */
  next(concernOf: ConcernOf): Turn | undefined;
  /** A decision was taken on an input, at `at`, ms since 1970 UTC. */
  decided(record: LogRecord, settled: Settled, concernOf: ConcernOf, at: number): void;
  /** Whether those come now that have waited for others: it is still the moment at which these were settled, and no time passes. */
  readonly isCatchingUp: boolean;
  /** An input has to wait after all. */
  wait(record: LogRecord, concern: Concern): void;
  /** Where to go on after a crash: at the first input of each partition that is not settled. */
  positions(): InputPosition[];
  /** Partitions that are waited for, since they show nothing: by all others, or by an input that needs an answer. */
  readonly missing: readonly TopicPartition[];
}
