import { rounded } from '#services/score/contributions';
import type { Course } from '#services/score/course';

/** The first ms at which a score is no longer where it was. */
export interface Crossing {
  readonly at: number;
  readonly score: number;
  /** False: the search was given up here; before `at` the score stays where it was. */
  readonly sure: boolean;
}

/** Looks at so many stretches of time at most. */
const PATIENCE = 50_000;

/**
 * The first time after `since` at which the score is below `from` or at least `to`; undefined: never. `scoreAt` is the
 * exact score. Stretches of time whose bounds stay within are passed over, others are halved, down to 1 ms.
 */
export function leavesBand(
  course: Course,
  scoreAt: (time: number) => number,
  since: number,
  from: number,
  to: number,
): Crossing | undefined {
  if (from === -Infinity && to === Infinity) return undefined;
  const isWithin = (low: number, high: number) => rounded(low) >= from && rounded(high) < to;
  const begin = since + 1;
  const stretches: (readonly [begin: number, end: number])[] = [[begin, Math.max(begin, course.end)]];
  for (let looks = 0; ; looks++) {
    const stretch = stretches.pop();
    if (stretch === undefined) return undefined;
    const [first, last] = stretch;
    if (looks > PATIENCE) return { at: first, score: scoreAt(first), sure: false };
    const { low, high } = course.bounds(first, last);
    if (isWithin(low, high)) continue;
    if (first === last) {
      const score = scoreAt(first);
      if (!isWithin(score, score)) return { at: first, score, sure: true };
      continue;
    }
    const middle = first + Math.floor((last - first) / 2);
    stretches.push([middle + 1, last], [first, middle]);
  }
}
