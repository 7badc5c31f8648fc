import type { TableReader } from '#lib/flow/store';
import { endOf, timeIn } from '#lib/flow/table';
import type { InForce, Models } from '#lib/model/in-force';
import { contributionsAt, scoreOf } from '#services/score/contributions';
import type { Explained } from '#services/score/explained';
import { wordsFrom } from '#services/score/profile';
import { disqualifiedBy, fitAt } from '#services/score/standing';
import { type LeadScore, NOTHING } from '#services/score/state';

export { type Explained, NOTHING_EXPLAINED } from '#services/score/explained';
export { explainPublished, publishedAt } from '#services/score/published';

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
