import type { Contribution } from '#schemas/generated/records';
import type { FitReason } from '#services/score/fit';

/** A score to the last point: the sum of the contributions' points is the score, to 1e-9. Times in ms since 1970 UTC. */
export interface Explained {
  readonly at: number;
  readonly score: number;
  /** In order of their dates. What decay has left is `points` + `capped`. */
  readonly contributions: readonly Contribution[];
  /** A to F; '' if the model grades nobody. */
  readonly grade: string;
  /** Why the grade is what it is; null if the model grades nobody, and where only what was published is known. */
  readonly fit: { readonly points: number; readonly reasons: readonly FitReason[] } | null;
  /** Why a rule of the model disqualifies the lead, in the model's words; null: none does. */
  readonly disqualified: string | null;
}

/** A lead without any activity. */
export const NOTHING_EXPLAINED: Omit<Explained, 'at'> = {
  score: 0,
  contributions: [],
  grade: '',
  fit: null,
  disqualified: null,
};
