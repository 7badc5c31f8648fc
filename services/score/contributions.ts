import type { Model, ScoringRule } from '#lib/model/model';
import type { Contribution } from '#schemas/generated/records';
import type { Match } from '#services/score/state';

/** An activity counts for 400 days after it occurred, ms. */
export const COUNTS_FOR = 400 * 86_400_000;

/** The model of a version; every version that a match names must be known. */
export type ModelOf = (version: string) => Model;

/** Whether what waits for a wake-up (an absence, an event ahead of its time) counts at its due time already, or only once that has run. */
export type DueAt = 'inclusive' | 'exclusive';

/**
 * What counts towards the score at a time, in order of (the date it counts from, event id, rule), each with its decayed
 * points: raw × 2^(−age / half-life). A function of the set of matches: the order in which they came plays no part.
 */
export function contributionsAt(
  matches: readonly Match[],
  at: number,
  due: DueAt,
  modelOf: ModelOf,
): readonly Contribution[] {
  const found: Contribution[] = [];
  let counted: Set<string> | undefined;
  let newest = Number.NEGATIVE_INFINITY;
  let sorted = true;
  let place = -1;
  for (const match of matches) {
    place++;
    if (match.at > at) break;
    if (match.role === 'answer' || (match.ahead && match.at === at && due === 'exclusive')) continue;
    const rule = ruleOf(match, modelOf);
    let from = match.at;
    if (match.role === 'question') {
      const date = absenceDate(matches, place, match, rule);
      if (date === undefined || date > at || (date === at && due === 'exclusive')) continue;
      from = date;
    } else if (match.key !== null) {
      counted ??= new Set();
      const known = counted.size;
      if (counted.add(`${match.rule} ${match.key}`).size === known) continue;
    }
    const age = at - from;
    if (age > COUNTS_FOR) continue;
    if (from < newest) sorted = false;
    newest = from;
    found.push({
      event_id: match.event_id,
      rule: match.rule,
      model_version: match.model_version,
      occurred_at: from,
      raw: rule.points,
      points: rule.points * decay(age, rule.halfLife),
      capped: 0,
    });
  }
  return sorted ? found : found.sort(compareContributions);
}

/** 2^(−age / half-life); times in ms. */
export function decay(age: number, halfLife: number): number {
  return halfLife === Number.POSITIVE_INFINITY ? 1 : 2 ** (-age / halfLife);
}

/** The score: the sum in the contributions' order, rounded to 1e-9. */
export function scoreOf(contributions: readonly Contribution[]): number {
  let sum = 0;
  for (const { points } of contributions) sum += points;
  return Math.round(sum * 1e9) / 1e9 + 0;
}

/** When the unanswered question at `place` counts from, ms; undefined if it was answered in time. */
function absenceDate(matches: readonly Match[], place: number, question: Match, rule: ScoringRule): number | undefined {
  const end = question.at + (rule.absence?.within ?? 0);
  for (let i = firstOfItsTime(matches, place, question.at); ; i++) {
    const match = matches[i];
    if (match === undefined || match.at > end) return end;
    if (match.role === 'answer' && match.key === question.key && match.rule === question.rule) return undefined;
  }
}

function firstOfItsTime(matches: readonly Match[], place: number, at: number): number {
  let first = place;
  while (matches[first - 1]?.at === at) first--;
  return first;
}

/** What waits to count. */
export interface Due {
  readonly at: number;
  readonly rule: string;
  readonly historic: boolean;
}

/** The next thing that counts by time alone, from `after` on (inclusive): an absence, or an event ahead of its time. */
export function nextDue(matches: readonly Match[], after: number, modelOf: ModelOf): Due | undefined {
  let next: Due | undefined;
  let place = -1;
  for (const match of matches) {
    place++;
    const at = dueOf(matches, place, match, modelOf);
    if (at === undefined || at < after) continue;
    const { rule, historic } = match;
    if (next === undefined || at < next.at) next = { at, rule, historic };
    else if (at === next.at) next = { ...next, historic: next.historic && historic };
  }
  return next;
}

function dueOf(matches: readonly Match[], place: number, match: Match, modelOf: ModelOf): number | undefined {
  if (match.role === 'question') return absenceDate(matches, place, match, ruleOf(match, modelOf));
  return match.role === 'points' && match.ahead ? match.at : undefined;
}

function ruleOf(match: Match, modelOf: ModelOf): ScoringRule {
  const rule = modelOf(match.model_version).scoring.rule(match.rule);
  if (rule === undefined) throw new Error(`model ${match.model_version} has no rule ${match.rule}`);
  return rule;
}

/** Order of sums: the date it counts from, event id, rule. */
export function compareContributions(a: Contribution, b: Contribution): number {
  return (
    a.occurred_at - b.occurred_at ||
    (a.event_id < b.event_id ? -1 : a.event_id > b.event_id ? 1 : 0) ||
    (a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : 0)
  );
}
