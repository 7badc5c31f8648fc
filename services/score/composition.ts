import type { DecaySum } from '#schemas/generated/records';
import { decayedAt, type Pricing } from '#services/score/contributions';
import { countedAt } from '#services/score/counted';
import { decaySums } from '#services/score/fading';
import type { Masses } from '#services/score/masses';
import type { Match } from '#services/score/state';
import { type Part, type Steady, steadyOf } from '#services/score/steady';

/**
 * What a score is made of from a time on: until `validUntil` (ms, exclusive; null: for ever) it is the sum of
 * points × 2^(−age / half-life), within 1e-9 of what `explain` gives, if nothing happens that has not been reported.
 */
export interface Composition {
  readonly fading: readonly DecaySum[];
  readonly validUntil: number | null;
}

/** The composition at a time; what is due at that very time counts. Looks at all matches. */
export function compositionAt(matches: readonly Match[], at: number, pricing: Pricing): Composition {
  const parts: Part[] = [];
  let next = Infinity;
  for (const one of countedAt(matches, Infinity, 'inclusive', pricing.modelOf)) {
    const { from, rule } = one;
    if (rule.points === 0) continue;
    if (from > at) next = Math.min(next, from);
    else if (at - from <= rule.expiresAfter) parts.push({ rule, from, decayed: decayedAt(one, at) });
  }
  return composition(steadyOf(parts, at, pricing.scoring), next);
}

/**
 * The composition after a record, from what was found out about its contributions at its time. `due`: when something next
 * comes to count by time alone, ms.
 */
export function compositionAfter(
  { steady }: Masses,
  due: number | undefined,
  matches: readonly Match[],
  at: number,
  pricing: Pricing,
): Composition {
  // What is due now has not been counted: its wake-up is still to come.
  return due === at ? compositionAt(matches, at, pricing) : composition(steady, due ?? Infinity);
}

function composition({ fading, until }: Steady, due: number): Composition {
  const end = Math.min(until, due);
  return { fading: decaySums(fading), validUntil: end === Infinity ? null : end };
}
