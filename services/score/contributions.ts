import { decay } from '#lib/model/decay';
import type { Scoring } from '#lib/model/model';
import type { Contribution } from '#schemas/generated/records';
import { cappedPoints } from '#services/score/caps';
import { type Counted, compareCounted, countedAt, type DueAt, type ModelOf } from '#services/score/counted';
import type { Match } from '#services/score/state';

/** The models that contributions are of, and the scoring in force, whose caps hold (undefined: there is none). */
export interface Pricing {
  readonly modelOf: ModelOf;
  readonly scoring: Scoring | undefined;
}

/**
 * What counts towards the score at a time, in order of (the date it counts from, event id, rule), each with what is left of
 * its points: raw × 2^(−age / half-life), less what caps take. A function of the set of matches: the order in which they
 * came plays no part.
 */
export function contributionsAt(
  matches: readonly Match[],
  at: number,
  due: DueAt,
  pricing: Pricing,
): readonly Contribution[] {
  return contributionsOf(countedAt(matches, at, due, pricing.modelOf), at, pricing.scoring);
}

/** The contributions of what counts at a time. Caps take from the newest, so with caps those of one date are put in order. */
export function contributionsOf(
  inOrder: readonly Counted[],
  at: number,
  scoring: Scoring | undefined,
): readonly Contribution[] {
  if (scoring?.hasCaps !== true) return inOrder.map((one) => contributionOf(one, decayedAt(one, at), 0));
  const counted = inOrder.toSorted(compareCounted);
  const priced = counted.map((one) => ({ rule: one.rule, decayed: decayedAt(one, at) }));
  const left = cappedPoints(priced, scoring);
  return counted.map((one, place) => {
    const points = left[place] ?? 0;
    return contributionOf(one, points, (priced[place]?.decayed ?? 0) - points);
  });
}

function contributionOf({ match, rule, from }: Counted, points: number, capped: number): Contribution {
  return {
    event_id: match.event_id,
    rule: match.rule,
    model_version: match.model_version,
    occurred_at: from,
    raw: rule.points,
    points,
    capped,
  };
}

/** What decay has left of its points at a time, before caps. */
export function decayedAt({ rule, from }: Counted, at: number): number {
  return rule.points * decay(at - from, rule.halfLife);
}

/** The score: the sum in the contributions' order, rounded to 1e-9. */
export function scoreOf(contributions: readonly Contribution[]): number {
  let sum = 0;
  for (const { points } of contributions) sum += points;
  return rounded(sum);
}

/** To 1e-9, and never −0. */
export function rounded(points: number): number {
  return Math.round(points * 1e9) / 1e9 + 0;
}

/** Order of sums: the date it counts from, event id, rule. */
export function compareContributions(a: Contribution, b: Contribution): number {
  return (
    a.occurred_at - b.occurred_at ||
    (a.event_id < b.event_id ? -1 : a.event_id > b.event_id ? 1 : 0) ||
    (a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : 0)
  );
}
