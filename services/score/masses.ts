import type { Contribution } from '#schemas/generated/records';
import type { ModelOf } from '#services/score/counted';
import type { Masses } from '#services/score/thresholds';

/** What a score is made of, from its contributions at a time. */
export function massesOf(contributions: readonly Contribution[], modelOf: ModelOf): Masses {
  let [positive, negative, halfLife, expires] = [0, 0, Infinity, Infinity];
  for (const { model_version, rule: id, occurred_at, points, capped } of contributions) {
    const rule = modelOf(model_version).scoring.rule(id);
    if (rule === undefined) continue;
    const decayed = points + capped;
    if (decayed > 0) positive += decayed;
    else negative -= decayed;
    halfLife = Math.min(halfLife, rule.halfLife);
    expires = Math.min(expires, occurred_at + rule.expiresAfter + 1);
  }
  return { positive, negative, halfLife, expires };
}
