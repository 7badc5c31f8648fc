import type { TableReader } from '#lib/flow/store';
import { endOf, timeIn } from '#lib/flow/table';
import type { InForce, Models } from '#lib/model/in-force';
import type { Contribution } from '#schemas/generated/records';
import { contributionsAt, scoreOf } from '#services/score/contributions';
import { type FitReason, wordsFrom } from '#services/score/profile';
import { disqualifiedBy, fitAt } from '#services/score/standing';
import { type LeadScore, NOTHING } from '#services/score/state';

export { explainPublished, publishedAt } from '#services/score/published';

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

/**
 * The score at a time, as known now. `items`: the lead's own, which the profile of a time in the past is read from; without
 * them the profile is the present one.
 */
export function explain(
  state: LeadScore | undefined,
  inForce: InForce,
  models: Models,
  at: number,
  items?: TableReader,
): Explained {
  const { matches, profile } = state ?? NOTHING;
  const scoring = models.current(inForce)?.scoring;
  const modelOf = (version: string) => models.of(inForce, version);
  const contributions = contributionsAt(matches, at, 'inclusive', { modelOf, scoring });
  const isKnown = profile?.model_version === inForce.current && profile.words.every(([, , key]) => timeIn(key) <= at);
  const words =
    isKnown || items === undefined || scoring?.grading === undefined
      ? (profile?.words ?? [])
      : wordsFrom(items.range('', endOf('')), scoring, at);
  const fit = fitAt(words, at, scoring);
  return {
    at,
    score: scoreOf(contributions),
    contributions,
    grade: fit?.grade ?? '',
    fit: fit === undefined ? null : { points: fit.points, reasons: fit.reasons },
    disqualified: disqualifiedBy(contributions, fit, scoring, modelOf),
  };
}
