import { COUNTS_FOR, type Fading } from '#app/dashboard/decay';

export interface ScoreAt {
  /** ms since 1970 UTC */
  readonly at: number;
  readonly score: number;
}

const AHEAD = 30 * 86_400_000;
const GRID = 160;
/** Beyond this many contributions their steps are no longer drawn one by one. */
const STEPS = 400;

/**
 * The score over time as known now: from its first contribution to 30 days after `at`, on an even grid, with both sides of
 * every step. One pass: the points of each half-life fade together.
 */
export function scoreCurve(fading: readonly Fading[], at: number): ScoreAt[] {
  if (fading.length === 0) return [];
  const jumps = fading.flatMap(jumpsOf).sort((a, b) => a.at - b.at);
  const from = Math.max(jumps[0]?.at ?? at, at - COUNTS_FOR);
  const to = at + AHEAD;
  const stops = stopsOf(jumps, from, at, to);
  const sums = new Map<number, number>();
  const curve: ScoreAt[] = [];
  let passed = from;
  let next = 0;
  for (const stop of stops) {
    if (stop > passed) passed = fade(sums, passed, stop);
    const before = total(sums);
    const first = next;
    for (let jump = jumps[next]; jump !== undefined && jump.at <= stop; jump = jumps[++next]) {
      sums.set(jump.halfLife, (sums.get(jump.halfLife) ?? 0) + jump.points * 2 ** (-(stop - jump.at) / jump.halfLife));
    }
    if (next > first) curve.push({ at: stop, score: before });
    curve.push({ at: stop, score: total(sums) });
  }
  return curve;
}

interface Jump {
  readonly at: number;
  readonly points: number;
  readonly halfLife: number;
}

function jumpsOf({ contribution, halfLife }: Fading): Jump[] {
  const { occurred_at, raw } = contribution;
  const ends = { at: occurred_at + COUNTS_FOR, points: -raw * 2 ** (-COUNTS_FOR / halfLife), halfLife };
  return [{ at: occurred_at, points: raw, halfLife }, ends];
}

function stopsOf(jumps: readonly Jump[], from: number, at: number, to: number): number[] {
  const grid = Array.from({ length: GRID + 1 }, (_, index) => from + ((to - from) * index) / GRID);
  const steps = jumps.map((jump) => jump.at).filter((time) => time >= from && time <= to);
  return [...new Set([...grid, at, ...(steps.length > STEPS ? [] : steps)])].sort((a, b) => a - b);
}

function fade(sums: Map<number, number>, from: number, to: number): number {
  for (const [halfLife, sum] of sums) sums.set(halfLife, sum * 2 ** (-(to - from) / halfLife));
  return to;
}

function total(sums: ReadonlyMap<number, number>): number {
  return [...sums.values()].reduce((sum, part) => sum + part, 0);
}
