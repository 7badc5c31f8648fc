import { compareKeys } from '#lib/flow/table';

/**
 * Where a record stands in the order that all partitions of a topic have in common. Whatever the number of partitions, a record
 * has the same place, and each partition shows its records in the order of their places. Only copies of a record for all
 * share one.
 */
export interface Place {
  /** Logged time; of what a wake-up wrote, when that was due. ms since 1970 UTC. */
  readonly at: number;
  /** What comes first at that time: records (0), then wake-ups of the first fold of a chain (1), of the next (2) and so on. */
  readonly rank: number;
  /** Of a record, its number; 0 for what a wake-up wrote, whose number depends on the partition. */
  readonly seq: number;
  /** Of what a wake-up wrote, its lead; tells records of one number apart, and is empty for most. */
  readonly key: string;
}

/** What the order must know of an input. */
export interface Placed extends Place {
  /** Logged time of the record that is or brought it, ms since 1970 UTC. */
  readonly loggedAt: number;
}

/** Negative: `a` comes before `b`; 0: copies of one record. */
export function comparePlaces(a: Place, b: Place): number {
  return a.at - b.at || a.rank - b.rank || a.seq - b.seq || compareKeys(a.key, b.key);
}
