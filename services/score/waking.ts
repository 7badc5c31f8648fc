import type { Model } from '#lib/model/model';
import { contributionsAt, type Pricing, scoreOf } from '#services/score/contributions';
import type { Match } from '#services/score/state';
import { crosses, nextCrossing } from '#services/score/thresholds';

/** When time alone next brings a score to a threshold, ms; undefined: never, or not under this model's engine. */
export function crossingAfter(matches: readonly Match[], due: number, model: Model | undefined, pricing: Pricing) {
  return model === undefined ? undefined : nextCrossing(matches, due, pricing, model.stages.thresholds);
}

/** Whether time alone has brought a score to a threshold at just this ms. */
export function crossesAt(
  matches: readonly Match[],
  at: number,
  score: number,
  model: Model | undefined,
  pricing: Pricing,
): boolean {
  if (model === undefined) return false;
  const before = scoreOf(contributionsAt(matches, at - 1, 'inclusive', pricing));
  return crosses(before, score, model.stages.thresholds);
}

export function earlier(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : b === undefined ? a : Math.min(a, b);
}
