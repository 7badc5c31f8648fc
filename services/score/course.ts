import { firstPlace } from '#lib/flow/first-place';
import { decay } from '#lib/model/decay';
import type { Scoring } from '#lib/model/model';
import { groupOf, ruleCap } from '#services/score/caps';
import { decayedAt } from '#services/score/contributions';
import type { Counted } from '#services/score/counted';

/** How a score goes on from a time if nothing more happens, as bounds that cost little. Times in ms since 1970 UTC. */
export interface Course {
  /** From here on nothing counts any more. */
  readonly end: number;
  /** The score lies within these bounds at any time from `from` to `to` (inclusive, not before the course's beginning). */
  readonly bounds: (from: number, to: number) => Bounds & { readonly slack: number };
}

/** `slack`: what they allow for sums that were made in another order. */
interface Bounds {
  readonly low: number;
  readonly high: number;
}

/** `everCounted`: all that counts then or will, as countedAt gives it for an infinite time. */
export function createCourse(everCounted: readonly Counted[], since: number, scoring: Scoring | undefined): Course {
  const capped = scoring?.hasCaps === true;
  const total: Group = { cap: capped ? scoring.cap : Infinity, parts: [] };
  const groups = new Map<string, Group>();
  const rules = new Map<string, Counted[]>();
  let end = since;
  for (const one of everCounted) {
    const until = one.from + one.rule.expiresAfter;
    if (until < since) continue;
    end = Math.max(end, until + 1);
    const name = capped ? one.rule.id : '';
    const own = rules.get(name);
    if (own === undefined) rules.set(name, [one]);
    else own.push(one);
  }
  for (const counted of rules.values()) {
    const rule = counted[0]?.rule;
    if (rule === undefined) continue;
    const part: Group = { cap: capped ? ruleCap(rule, scoring) : Infinity, parts: partsOf(counted, since) };
    const name = capped ? groupOf(rule, scoring) : undefined;
    if (name === undefined || scoring === undefined) total.parts.push(part);
    else {
      const group = groups.get(name) ?? { cap: scoring.groupCap(name), parts: [] };
      groups.set(name, group);
      group.parts.push(part);
    }
  }
  total.parts.push(...groups.values());
  return {
    end,
    bounds(from, to) {
      const { low, high, mass } = boundsOf(total, from, to);
      const slack = mass * SLACK;
      return { low: low - slack, high: high + slack, slack };
    },
  };
}

/** What sums in another order may differ by, relative to the sum of all absolute values. */
const SLACK = 1e-12;

interface Massive extends Bounds {
  /** The sum of all absolute values. */
  readonly mass: number;
}

/** A part of the score whose absolute value only falls, or that begins at some time and then does. */
type Part = (from: number, to: number) => Massive;

interface Group {
  readonly cap: number;
  readonly parts: (Part | Group)[];
}

function boundsOf({ cap, parts }: Group, from: number, to: number): Massive {
  let [low, high, mass] = [0, 0, 0];
  for (const part of parts) {
    const own = typeof part === 'function' ? part(from, to) : boundsOf(part, from, to);
    low += own.low;
    high += own.high;
    mass += own.mass;
  }
  return { low: clip(low, cap), high: clip(high, cap), mass };
}

function clip(sum: number, cap: number): number {
  return Math.max(-cap, Math.min(cap, sum));
}

/** What counts already is summed by half-life and sign; what is still to come stands alone. */
function partsOf(counted: readonly Counted[], since: number): Part[] {
  const sums = new Map<string, Counted[]>();
  const parts: Part[] = [];
  for (const one of counted) {
    if (one.rule.points === 0) continue;
    if (one.from > since) {
      parts.push(coming(one));
      continue;
    }
    const kind = `${one.rule.halfLife} ${one.rule.points < 0}`;
    const own = sums.get(kind);
    if (own === undefined) sums.set(kind, [one]);
    else own.push(one);
  }
  for (const own of sums.values()) parts.push(present(own, since));
  return parts;
}

function coming(one: Counted): Part {
  const { from: begins, rule } = one;
  const until = begins + rule.expiresAfter;
  return (from, to) => {
    if (to < begins || from > until) return NOTHING;
    const most = decayedAt(one, Math.max(from, begins));
    const least = from < begins || to > until ? 0 : decayedAt(one, to);
    return between(most, least);
  };
}

function present(all: readonly Counted[], since: number): Part {
  const inOrder = all.map((one) => ({ until: one.from + one.rule.expiresAfter, points: decayedAt(one, since) }));
  inOrder.sort((a, b) => a.until - b.until);
  const halfLife = all[0]?.rule.halfLife ?? Infinity;
  const sums = new Float64Array(inOrder.length + 1);
  for (let i = inOrder.length - 1; i >= 0; i--) sums[i] = (sums[i + 1] ?? 0) + (inOrder[i]?.points ?? 0);
  const at = (time: number) => (sums[firstUntil(inOrder, time)] ?? 0) * decay(time - since, halfLife);
  return (from, to) => between(at(from), at(to));
}

/** Place of the first that counts at a time. */
function firstUntil(inOrder: readonly { readonly until: number }[], time: number): number {
  return firstPlace(inOrder.length, (place) => (inOrder[place]?.until ?? 0) >= time);
}

const NOTHING: Massive = { low: 0, high: 0, mass: 0 };

function between(a: number, b: number): Massive {
  return { low: Math.min(a, b), high: Math.max(a, b), mass: Math.max(Math.abs(a), Math.abs(b)) };
}
