import type { Scoring, ScoringRule } from '#lib/model/model';
import { groupOf, ruleCap } from '#services/score/caps';
import { addFading, type Fading, fadedSum, firstAbove } from '#services/score/fading';

/** A contribution as sums need it. */
export interface Part {
  readonly rule: ScoringRule;
  /** The date that it counts from, ms. */
  readonly from: number;
  /** What decay has left of its points, before caps. */
  readonly decayed: number;
}

/** What counts, as sums, and the first ms at which an expiry or a cap may change it otherwise than fading does (Infinity: never). */
export interface Steady {
  readonly fading: Fading;
  readonly until: number;
}

/** Within this a sum is at its cap: at its beginning and end a cap may be told wrong by so much. */
const AT_CAP = 1e-10;

/** The sums of what counts at a time, after caps: those of rules, then of their groups, then the total. */
export function steadyOf(parts: readonly Part[], at: number, scoring: Scoring | undefined): Steady {
  let until = Infinity;
  for (const { rule, from } of parts) {
    if (rule.points !== 0) until = Math.min(until, from + rule.expiresAfter + 1);
  }
  if (scoring?.hasCaps !== true) return { fading: sumOf(parts), until };
  const rules = new Map<string, Part[]>();
  for (const part of parts) {
    const own = rules.get(part.rule.id);
    if (own === undefined) rules.set(part.rule.id, [part]);
    else own.push(part);
  }
  const total = new Map<number, number>();
  const groups = new Map<string, Map<number, number>>();
  for (const own of rules.values()) {
    const [{ rule } = { rule: undefined }] = own;
    if (rule === undefined) continue;
    const capped = withCap({ fading: sumOf(own), until }, ruleCap(rule, scoring), at);
    until = capped.until;
    const name = groupOf(rule, scoring);
    const group = name === undefined ? total : (groups.get(name) ?? new Map<number, number>());
    if (name !== undefined) groups.set(name, group);
    addFading(group, capped.fading);
  }
  for (const [name, group] of groups) {
    const capped = withCap({ fading: group, until }, scoring.groupCap(name), at);
    until = capped.until;
    addFading(total, capped.fading);
  }
  return withCap({ fading: total, until }, scoring.cap, at);
}

function sumOf(parts: readonly Part[]): Fading {
  const sum = new Map<number, number>();
  for (const { rule, decayed } of parts) addFading(sum, [[rule.halfLife, decayed]]);
  return sum;
}

/** A sum within its cap until it grows beyond it; one beyond it is the cap, which does not fade, until it falls to it. */
function withCap(steady: Steady, cap: number, at: number): Steady {
  if (cap === Infinity) return steady;
  const { fading, until } = steady;
  const end = until - at;
  const now = fadedSum(fading, 0);
  if (Math.abs(now) <= cap + AT_CAP) {
    const above = firstAbove(fading, 1, cap + AT_CAP, end);
    return { fading, until: at + firstAbove(fading, -1, cap + AT_CAP, above) };
  }
  const sign = now > 0 ? 1 : -1;
  const ends = firstAbove(fading, sign === 1 ? -1 : 1, -cap - AT_CAP, end);
  return { fading: new Map([[Infinity, sign * cap]]), until: at + ends };
}
