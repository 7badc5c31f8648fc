import type { LogRecord, Undecodable } from '#lib/flow/log';
import type { Placed } from '#lib/flow/place';
import type { TopicPartition } from '#lib/flow/position';
import type { Change, TableReader } from '#lib/flow/store';

/** An output of a decision: its topic, and its partition or all of them. */
export interface Decided<Out> {
  readonly topic: string;
  readonly partition: number | 'all';
  readonly key: string | null;
  readonly value: Out;
}

export interface Decision<Out> {
  readonly records: readonly Decided<Out>[];
  /** False: there is more to decide on the same input; it is decided again on the evolved state. */
  readonly done: boolean;
  /** Where what it asked for in its outputs has to be answered, before there is more to decide on the input; absent: nowhere. */
  readonly waitsFor?: readonly TopicPartition[];
}

/** An input has to wait for an answer from each of these. */
export interface Waits {
  readonly waitsFor: readonly TopicPartition[];
}

/** How far an input is settled by a decision: wholly; not yet; not before answers come. */
export type Settled = 'settled' | 'more' | Waits;

/** Whom a decision concerns. */
export interface Concern {
  /** What it reads and changes; undefined: everything. Decisions that have nothing in common may be taken in any order. */
  readonly keys: ReadonlySet<string> | undefined;
  /** Never before an earlier one, whomever that concerns: taken again after a crash, it would write again. */
  readonly inTurn: boolean;
}

/**
 * Settles what no input order settles. Its state is the fold of its own outputs, so a decision once written is replayed
 * and never retaken. `decide` and `evolve` are pure.
 */
export interface Decider<In, Out> {
  readonly name: string;
  readonly decide: (state: TableReader, input: LogRecord<In>, now: number) => Decision<Out>;
  /**
   * Asked while there is more to decide on an earlier input: whom it does not concern need not wait. What is decided ahead is
   * decided again after a crash and must then write nothing. Absent: everything concerns everybody.
   */
  readonly concern?: (state: TableReader, input: LogRecord<In>, now: number) => Concern;
  /**
   * Where an input stands in the order of all partitions. Given, the decider goes by that order (InputOrder), and `now` is the
   * logged time of the first record of all that is not before the input; absent: by that of arrival, one partition's in its own.
   */
  readonly placeOf?: (input: In) => Placed;
  /** Called between inputs when time may have passed; returns what time alone brings (ticks). */
  readonly tick: (state: TableReader, now: number) => readonly Decided<Out>[];
  /**
   * Asked once when nothing has come for a moment, also where time brings nothing; returns what whoever waits for more from all
   * partitions needs to go on. Absent: nothing.
   */
  readonly idle?: (state: TableReader) => readonly Decided<Out>[];
  /** Folds one of its own outputs into the state; called once per seq, in order of seq. */
  readonly evolve: (state: TableReader, record: Out) => readonly Change[];
  /** The order of its outputs over all partitions; undefined for one that is no part of the state. Copies share a seq. */
  readonly seqOf: (record: Out) => number | undefined;
  /** What becomes of an input that no schema could read. */
  readonly undecodable: (input: LogRecord<In>, value: Undecodable, now: number) => readonly Decided<Out>[];
}
