import type { Match } from '#services/score/state';

/** What a record changed in a lead's matches. */
export interface Difference {
  readonly before: readonly Match[];
  /** Those before and those added, in order. */
  readonly all: readonly Match[];
  /** All without those gone; the same list if none are. */
  readonly after: readonly Match[];
  readonly added: readonly Match[];
  readonly gone: readonly Match[];
}
