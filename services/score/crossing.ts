import { rounded } from '#services/score/contributions';
import type { Course } from '#services/score/course';

/** Looks at so many stretches of time at most. */
const PATIENCE = 20_000;
/** Scores are rounded to 1e-9: a stretch in which they move no more than this is taken to go one way. */
const STILL = 1e-9;

/**
 * The first ms after `since` at which the score is below `from` or at least `to`; undefined: never. `scoreAt` is the exact
 * score. Where the search is given up, a time up to which the score stays within. Stretches of time whose bounds stay within
 * are passed over, others are halved, down to 1 ms.
 */
export function leavesBand(
  course: Course,
  scoreAt: (time: number) => number,
  since: number,
  from: number,
  to: number,
): number | undefined {
  if (from === -Infinity && to === Infinity) return undefined;
  const isWithin = (low: number, high: number) => rounded(low) >= from && rounded(high) < to;
  const staysAt = (time: number) => {
    const score = scoreAt(time);
    return isWithin(score, score);
  };
  const begin = since + 1;
  const stretches: (readonly [begin: number, end: number])[] = [[begin, Math.max(begin, course.end)]];
  for (let looks = 0; ; looks++) {
    const stretch = stretches.pop();
    if (stretch === undefined) return undefined;
    const [first, last] = stretch;
    if (looks > PATIENCE) return first;
    const { low, high, slack } = course.bounds(first, last);
    if (isWithin(low, high)) continue;
    if (first === last || high - low <= STILL + 2 * slack) {
      const at = firstNot(staysAt, first, last);
      if (at !== undefined) return at;
      continue;
    }
    const middle = first + Math.floor((last - first) / 2);
    stretches.push([middle + 1, last], [first, middle]);
  }
}

/** The first of a stretch at which something no longer holds, which does not come back before its end. */
function firstNot(holds: (time: number) => boolean, first: number, last: number): number | undefined {
  if (!holds(first)) return first;
  if (holds(last)) return undefined;
  let [before, at] = [first, last];
  while (at - before > 1) {
    const middle = before + Math.floor((at - before) / 2);
    if (holds(middle)) before = middle;
    else at = middle;
  }
  return at;
}
