import type { Change, TableReader } from '#lib/flow/store';

/** Where and when a step happens, all of it from the log. */
export interface StepContext<Shared> {
  /** The lead at work. */
  readonly key: string;
  /** Sequence number of the record at work. */
  readonly seq: number;
  /** Number of the step's first output among those with the same seq in this partition; the second has `step + 1`. */
  readonly step: number;
  /** Logged time of the record at work, ms since 1970 UTC. */
  readonly loggedAt: number;
  /** What all leads of the partition share: the model in force. */
  readonly shared: Shared;
  /** The lead's items, in key order: what its state is too small to hold. Keys are relative to the lead. */
  readonly items: TableReader;
}

/** What a step makes of a lead. */
export interface Step<State, Out> {
  /** undefined forgets the lead. */
  readonly state: State | undefined;
  readonly emit: readonly Out[];
  /** Wake the lead when logged time is greater, ms since 1970 UTC; absent: never. */
  readonly wakeAt?: number | undefined;
  /** Writes to the lead's items; keys relative to the lead. */
  readonly items?: readonly Change[];
  /** Additions to the task's counters; a counter's absolute values become a row of the sink on commit. */
  readonly counters?: readonly CounterChange[];
}

/** Adds to the named values of one bucket of the task's partition. */
export interface CounterChange {
  readonly bucket: string;
  readonly by: Readonly<Record<string, number>>;
}

/** What the runtime must know of a record. Times in ms since 1970 UTC. */
export interface Description {
  /** null: it concerns all leads. */
  readonly key: string | null;
  readonly seq: number;
  readonly loggedAt: number;
  /**
   * Of what a wake-up wrote: when that was due. Wake-ups go by it in place of logged time, so that one lead's come in the
   * order in which they were due, through all folds, whichever record brought the time. Must never go back.
   */
  readonly dueAt?: number | null;
}

/**
 * A pure function of one input partition, lead by lead. It reads no clock, does no I/O and draws no random numbers: its
 * output is decided by its input's order alone.
 */
export interface Fold<State, In, Out, Shared> {
  readonly name: string;
  readonly describe: (record: In) => Description;
  /** The lead of an output; null: it concerns all leads. */
  readonly keyOf: (output: Out) => string | null;
  /** Shared state before the first record; must be plain data. */
  readonly initialShared: Shared;
  /** A record for all changes what is shared, and is passed on as this output (undefined: not passed on). */
  readonly broadcast: (shared: Shared, record: In) => { readonly shared: Shared; readonly pass: Out | undefined };
  /** A record of one lead; `state` is undefined for a lead not met before. */
  readonly step: (state: State | undefined, record: In, context: StepContext<Shared>) => Step<State, Out>;
  /** Logged time has passed the lead's wakeAt (`due`); runs before the record that moved the time. */
  readonly wake: (state: State, due: number, context: StepContext<Shared>) => Step<State, Out>;
}
