import { COUNTS_FOR } from '#lib/model/counts-for';
import type { InForce, Models } from '#lib/model/in-force';
import { contributionsOf, scoreOf } from '#services/score/contributions';
import { type Counted, countedAt } from '#services/score/counted';
import { type LeadScore, NOTHING } from '#services/score/state';

export interface ScoreAt {
  /** ms since 1970 UTC */
  readonly at: number;
  readonly score: number;
}

const AHEAD = 30 * 86_400_000;
const GRID = 160;
/** Beyond this many contributions their steps are no longer told one by one. */
const STEPS = 100;
/** So many contributions are priced for one curve, all its points together. */
const PRICED = 400_000;

/**
 * The score over time as known now, after caps: from the first contribution of the last 400 days to 30 days after `at` if
 * nothing more happens, on an even grid, with both sides of every step. Empty of a lead to whom nothing ever counts.
 */
export function curve(state: LeadScore | undefined, inForce: InForce, models: Models, at: number): ScoreAt[] {
  const { matches } = state ?? NOTHING;
  const to = at + AHEAD;
  const counted = countedAt(matches, Infinity, 'inclusive', (version) => models.of(inForce, version)).filter(
    ({ from }) => from <= to,
  );
  if (counted.length === 0) return [];
  const scoring = models.current(inForce)?.scoring;
  const first = counted.reduce((least, { from }) => Math.min(least, from), at);
  return timesOf(counted, Math.max(first, at - COUNTS_FOR), at, to).map((time) => {
    const then = counted.filter(({ from, rule }) => from <= time && time - from <= rule.expiresAfter);
    return { at: time, score: scoreOf(contributionsOf(then, time, scoring)) };
  });
}

function timesOf(counted: readonly Counted[], from: number, at: number, to: number): number[] {
  const parts = Math.max(24, Math.min(GRID, Math.floor(PRICED / counted.length)));
  const grid = Array.from({ length: parts + 1 }, (_, index) => Math.round(from + ((to - from) * index) / parts));
  const steps =
    counted.length > STEPS ? [] : counted.flatMap((one) => [one.from, one.from + one.rule.expiresAfter + 1]);
  const sides = steps.flatMap((time) => [time - 1, time]).filter((time) => time >= from - 1 && time <= to);
  return [...new Set([...grid, at, ...sides])].sort((a, b) => a - b);
}
