import { decay } from '#lib/model/decay';
import type { DecaySum } from '#schemas/generated/records';

/** Points by half-life (ms; Infinity: they do not fade), all of one moment. What they fade to later is a sum of powers. */
export type Fading = ReadonlyMap<number, number>;

/** Looks at so many stretches of time at most. */
const PATIENCE = 2_000;

/** The sum of points so many ms after the moment that they are of. */
export function fadedSum(fading: Fading, age: number): number {
  let sum = 0;
  for (const [halfLife, points] of fading) sum += points * decay(age, halfLife);
  return sum;
}

/** Adds what fades alike; both must be of one moment. */
export function addFading(to: Map<number, number>, more: Iterable<readonly [halfLife: number, points: number]>): void {
  for (const [halfLife, points] of more) to.set(halfLife, (to.get(halfLife) ?? 0) + points);
}

/** As records carry it: what fades fastest first. */
export function decaySums(fading: Fading): readonly DecaySum[] {
  const sums: DecaySum[] = [];
  for (const [halfLife, points] of fading) {
    if (points !== 0) sums.push({ half_life: halfLife === Infinity ? null : halfLife, points });
  }
  return sums.length < 2 ? sums : sums.sort((a, b) => (a.half_life ?? Infinity) - (b.half_life ?? Infinity));
}

/**
 * The least age, in whole ms from 1 to before `end`, at which sign × sum is above a limit; `end`: it never is before. Where
 * that is too hard to tell, an age up to which it is not.
 */
export function firstAbove(fading: Fading, sign: 1 | -1, limit: number, end: number): number {
  if (fading.size === 0 && limit >= 0) return end;
  const stretches: (readonly [first: number, last: number])[] = [[1, end - 1]];
  for (let looks = 0; ; looks++) {
    const stretch = stretches.pop();
    if (stretch === undefined) return end;
    const [first, last] = stretch;
    if (first > last || highest(fading, sign, first, last) <= limit) continue;
    if (looks > PATIENCE || -highest(fading, sign === 1 ? -1 : 1, first, last) > limit) return first;
    const middle = first + Math.floor((last - first) / 2);
    stretches.push([middle + 1, last], [first, middle]);
  }
}

/** What sign × sum is at most between two ages. */
function highest(fading: Fading, sign: 1 | -1, first: number, last: number): number {
  let sum = 0;
  for (const [halfLife, points] of fading) {
    const own = sign * points;
    sum += own * decay(own > 0 ? first : last, halfLife);
  }
  return sum;
}
