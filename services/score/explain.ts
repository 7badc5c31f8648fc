import { factsAt } from '#lib/facts/facts-at';
import type { TableReader } from '#lib/flow/store';
import { timeIn } from '#lib/flow/table';
import type { InForce, Models } from '#lib/model/in-force';
import { contributionsAt, scoreOf } from '#services/score/contributions';
import type { Explained } from '#services/score/explained';
import { fitOf } from '#services/score/fit';
import { factsOf, wordsBy } from '#services/score/lead-facts';
import { disqualifiedBy } from '#services/score/standing';
import { type LeadScore, NOTHING } from '#services/score/state';

export { type Explained, NOTHING_EXPLAINED } from '#services/score/explained';
export { explainPublished, publishedAt } from '#services/score/published';

/**
 * The score at a time, as known now. `items`: the lead's own, which the facts of a time in the past are read from; without
 * them the facts are the present ones.
 */
export function explain(
  state: LeadScore | undefined,
  inForce: InForce,
  models: Models,
  at: number,
  items?: TableReader,
): Explained {
  const { matches, facts } = state ?? NOTHING;
  const scoring = models.current(inForce)?.scoring;
  const modelOf = (version: string) => models.of(inForce, version);
  const known = items === undefined || facts.words.every(([, , key]) => timeIn(key) <= at);
  const then = known ? factsOf(facts, at) : factsAt(wordsBy(items, at, facts.addresses), facts.addresses, at);
  const counting = then.staff ? [] : matches;
  const contributions = contributionsAt(counting, at, 'inclusive', { modelOf, scoring });
  const fit = fitOf(then, scoring);
  return {
    at,
    score: scoreOf(contributions),
    contributions,
    grade: fit?.grade ?? '',
    fit: fit === undefined ? null : { points: fit.points, reasons: fit.reasons },
    disqualified: disqualifiedBy(contributions, fit, scoring, modelOf),
  };
}
