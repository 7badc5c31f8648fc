import type { Contribution } from '#schemas/generated/records';
import type { Pricing } from '#services/score/contributions';
import { type Part, type Steady, steadyOf } from '#services/score/steady';

/** What a score is made of at a time. */
export interface Masses {
  /** Sums of absolute points before caps, of either sign. */
  readonly positive: number;
  readonly negative: number;
  /** The shortest of all half-lives, ms. */
  readonly halfLife: number;
  /** The first ms at which any points of it no longer count. */
  readonly expires: number;
  /** After caps. */
  readonly steady: Steady;
}

/** What a score is made of, from its contributions at a time. */
export function massesOf(contributions: readonly Contribution[], at: number, { modelOf, scoring }: Pricing): Masses {
  let [positive, negative, halfLife, expires] = [0, 0, Infinity, Infinity];
  const parts: Part[] = [];
  for (const { model_version, rule: id, occurred_at, points, capped } of contributions) {
    const rule = modelOf(model_version).scoring.rule(id);
    if (rule === undefined || rule.points === 0) continue;
    const decayed = points + capped;
    if (decayed > 0) positive += decayed;
    else negative -= decayed;
    halfLife = Math.min(halfLife, rule.halfLife);
    expires = Math.min(expires, occurred_at + rule.expiresAfter + 1);
    parts.push({ rule, from: occurred_at, decayed });
  }
  return { positive, negative, halfLife, expires, steady: steadyOf(parts, at, scoring) };
}
