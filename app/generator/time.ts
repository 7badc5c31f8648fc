import type { Random } from '#app/generator/random';

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** When a run's leads arrive. */
export interface Span {
  /** ms since 1970 UTC */
  readonly start: number;
  readonly days: number;
}

/** Hours of a day (UTC), the busier ones more often. */
const HOURS: readonly [number, ...number[]] = [
  0, 3, 6, 7, 7, 8, 8, 8, 9, 9, 9, 9, 10, 10, 10, 11, 11, 12, 12, 13, 13, 13, 14, 14, 14, 15, 15, 16, 16, 17, 18, 19,
  20, 21, 22,
];

/** 1970-01-01 was a Thursday. */
function isWeekend(at: number): boolean {
  const weekday = (Math.floor(at / DAY) + 4) % 7;
  return weekday === 0 || weekday === 6;
}

function timeOfDay(random: Random): number {
  return random.pick(HOURS) * HOUR + random.whole(0, HOUR - 1);
}

/** Arrival of a new visitor: earlier days weigh more, so that total traffic stays even as people come back. */
export function arrivalIn(span: Span, random: Random): number {
  const day = Math.floor(Math.min(random.next(), random.next()) * span.days);
  const at = span.start + day * DAY + timeOfDay(random);
  const isMoved = isWeekend(at) && day + 2 < span.days && random.chance(0.7);
  return isMoved ? at + 2 * DAY : at;
}

/** A time of day `from` to `to` days after `at`, mostly on a working day; at least half an hour after `at`. */
export function daysAfter(at: number, from: number, to: number, random: Random): number {
  const day = Math.floor((at + (from + random.next() * (to - from)) * DAY) / DAY) * DAY;
  const moved = isWeekend(day) && random.chance(0.75) ? day + 2 * DAY : day;
  const time = moved + timeOfDay(random);
  return Math.max(time, at + 30 * MINUTE + random.whole(0, HOUR));
}
