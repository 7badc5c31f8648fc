import type { Scoring, ScoringRule } from '#lib/model/model';

/** What caps look at: a contribution's rule, and its decayed points. */
export interface Priced {
  readonly rule: ScoringRule;
  readonly decayed: number;
}

/**
 * The points that caps leave of each contribution: rule by rule, then group by group, then of the total. What a sum has
 * beyond its cap is taken from the newest contributions that have the excess's sign, each at most to 0. `inOrder`: oldest
 * first. `scoring`: the model in force, whose caps hold; a rule that it no longer has keeps its own.
 */
export function cappedPoints(inOrder: readonly Priced[], scoring: Scoring): Float64Array {
  const points = Float64Array.from(inOrder, ({ decayed }) => decayed);
  const rules = placesBy(inOrder, ({ rule }) => (ruleCap(rule, scoring) === Infinity ? undefined : rule.id));
  for (const places of rules.values()) {
    const rule = inOrder[places[0] ?? 0]?.rule;
    if (rule !== undefined) clip(points, places, ruleCap(rule, scoring));
  }
  const groups = placesBy(inOrder, ({ rule }) => {
    const group = groupOf(rule, scoring);
    return group === undefined || scoring.groupCap(group) === Infinity ? undefined : group;
  });
  for (const [group, places] of groups) clip(points, places, scoring.groupCap(group));
  if (scoring.cap !== Infinity) clip(points, Array.from(points.keys()), scoring.cap);
  return points;
}

export function ruleCap(rule: ScoringRule, scoring: Scoring): number {
  return (scoring.rule(rule.id) ?? rule).cap;
}

export function groupOf(rule: ScoringRule, scoring: Scoring): string | undefined {
  return (scoring.rule(rule.id) ?? rule).group;
}

function placesBy(inOrder: readonly Priced[], nameOf: (one: Priced) => string | undefined): Map<string, number[]> {
  const places = new Map<string, number[]>();
  for (const [place, one] of inOrder.entries()) {
    const name = nameOf(one);
    if (name === undefined) continue;
    const own = places.get(name);
    if (own === undefined) places.set(name, [place]);
    else own.push(place);
  }
  return places;
}

function clip(points: Float64Array, places: readonly number[], cap: number): void {
  let sum = 0;
  for (const place of places) sum += points[place] ?? 0;
  const sign = Math.sign(sum);
  let excess = Math.abs(sum) - cap;
  for (let i = places.length - 1; i >= 0 && excess > 0; i--) {
    const place = places[i] ?? 0;
    const own = points[place] ?? 0;
    if (Math.sign(own) !== sign) continue;
    const taken = Math.min(Math.abs(own), excess);
    points[place] = own - sign * taken;
    excess -= taken;
  }
}
