import type { StageLadder } from '#lib/model/model';
import { contributionsAt, type Pricing, scoreOf } from '#services/score/contributions';
import { countedAt } from '#services/score/counted';
import { createCourse } from '#services/score/course';
import { leavesBand } from '#services/score/crossing';
import type { Masses } from '#services/score/masses';
import type { Match } from '#services/score/state';

export type Thresholds = StageLadder['thresholds'];

/** Whether two scores lie on different sides of a threshold; a score that is equal to it lies above. */
export function crosses(before: number, after: number, thresholds: Thresholds): boolean {
  return thresholds.some((level) => before >= level !== after >= level);
}

/**
 * The first ms after `since` at which, if nothing more happens, the score is on the other side of a threshold; undefined:
 * it never is. Where that is too hard to tell, a time before it, to ask again.
 */
export function nextCrossing(
  matches: readonly Match[],
  since: number,
  pricing: Pricing,
  thresholds: Thresholds,
): number | undefined {
  if (thresholds.length === 0) return undefined;
  const everCounted = countedAt(matches, Infinity, 'inclusive', pricing.modelOf);
  const course = createCourse(everCounted, since, pricing.scoring);
  const scoreAt = (time: number) => scoreOf(contributionsAt(matches, time, 'inclusive', pricing));
  const score = scoreAt(since);
  const from = thresholds.findLast((level) => level <= score) ?? -Infinity;
  const to = thresholds.find((level) => level > score) ?? Infinity;
  return leavesBand(course, scoreAt, since, from, to);
}

/**
 * A time after `now` before which the score crosses no threshold, unless something new counts; undefined: it never does.
 * Cheap, since records ask it; nextCrossing tells the time itself. A score falls by what positive points lose at most, and
 * rises by what negative ones do, with caps as well.
 */
export function notCrossedBefore(
  now: number,
  score: number,
  { positive, negative, halfLife, expires }: Masses,
  thresholds: Thresholds,
): number | undefined {
  let first = Infinity;
  const reaches = (distance: number, mass: number) => {
    if (mass === 0 || distance > mass) return;
    const share = Math.max(0, distance) / mass;
    const after = share >= 1 || halfLife === Infinity ? Infinity : -halfLife * Math.log2(1 - share);
    first = Math.min(first, Math.max(now + 1, Math.min(now + Math.floor(after * (1 - 1e-9)) - 2, expires)));
  };
  for (const level of thresholds) {
    if (level <= score) reaches(score - level - ROUNDING, positive);
    else reaches(level - score - ROUNDING, negative);
  }
  return first === Infinity ? undefined : first;
}

/** Scores are rounded to 1e-9. */
const ROUNDING = 2e-9;
