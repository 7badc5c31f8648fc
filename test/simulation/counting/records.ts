/** Topics of the counting pipeline: entries → number → facts → sum → sums → mark → marks → rows and turn → turns. */
export const COUNTING = {
  entries: 'sim.entries',
  facts: 'sim.facts',
  refused: 'sim.refused',
  sums: 'sim.sums',
  marks: 'sim.marks',
  turns: 'sim.turns',
} as const;

/** What publishers send: one fact for each of its leads is decided, a few at a time. */
export interface Entry {
  readonly id: string;
  readonly leads: readonly string[];
  readonly poison: boolean;
}

/** A record of the pipeline: about a lead, or (null) for all. */
export interface Counted {
  readonly kind: 'fact' | 'tick' | 'watermark' | 'sum' | 'bonus' | 'woken' | 'mark' | 'idle' | 'turn';
  readonly seq: number;
  /** Number among those with the same seq that its partition's task wrote. */
  readonly step: number;
  /** Logged time, ms since 1970 UTC. */
  readonly at: number;
  readonly lead: string | null;
  /** What it says; all that went into it shows. */
  readonly says: string;
  /** What a decision was taken on. */
  readonly cause?: Cause;
  /** What the clock said at a tick, ms since 1970 UTC. */
  readonly now?: number;
}

export interface Cause {
  readonly partition: number;
  readonly offset: number;
  /** Number of the fact in its entry. */
  readonly part: number;
}

export interface Refused {
  readonly kind: 'refused';
  readonly id: string;
  readonly cause: Cause;
}
