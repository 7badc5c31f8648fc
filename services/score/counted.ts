import type { Model, ScoringRule } from '#lib/model/model';
import type { Match } from '#services/score/state';

/** The model of a version; every version that a match names must be known. */
export type ModelOf = (version: string) => Model;

/** Whether what waits for a wake-up (an absence, an event ahead of its time) counts at its due time already, or only once that has run. */
export type DueAt = 'inclusive' | 'exclusive';

/** A match that counts. */
export interface Counted {
  readonly match: Match;
  readonly rule: ScoringRule;
  /** The date it counts from, ms. */
  readonly from: number;
}

const DAY = 86_400_000;

/**
 * What counts at a time, in order of the dates that it counts from: after once_per, per_day and expiry. The
 * earliest count, and keep their place when they have expired. With an infinite `at`: all that will ever have counted.
 */
export function countedAt(matches: readonly Match[], at: number, due: DueAt, modelOf: ModelOf): readonly Counted[] {
  const found: Counted[] = [];
  const ruleAt = rulesOf(modelOf);
  let once: Set<string> | undefined;
  let newest = Number.NEGATIVE_INFINITY;
  let sorted = true;
  let limited = false;
  for (let place = 0; place < matches.length; place++) {
    const match = matches[place];
    if (match === undefined || match.at > at) break;
    if (match.role === 'answer' || (match.ahead && match.at === at && due === 'exclusive')) continue;
    const rule = ruleAt(match);
    let from = match.at;
    if (match.role === 'question') {
      const date = absenceDate(matches, place, match, rule);
      if (date === undefined || date > at || (date === at && due === 'exclusive')) continue;
      from = date;
    } else if (match.key !== null) {
      once ??= new Set();
      const known = once.size;
      if (once.add(`${match.rule} ${match.key}`).size === known) continue;
    }
    if (rule.perDay !== Number.POSITIVE_INFINITY) limited = true;
    else if (at !== Number.POSITIVE_INFINITY && at - from > rule.expiresAfter) continue;
    if (from < newest) sorted = false;
    newest = from;
    found.push({ match, rule, from });
  }
  const inOrder = sorted && !limited ? found : found.sort(compareCounted);
  return limited ? withinDays(inOrder, at) : inOrder;
}

/** When the unanswered question at `place` counts from, ms; undefined if it was answered in time. */
export function absenceDate(
  matches: readonly Match[],
  place: number,
  question: Match,
  rule: ScoringRule,
): number | undefined {
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

/** Looks up the rules of matches; those of one version follow one another. */
export function rulesOf(modelOf: ModelOf): (match: Match) => ScoringRule {
  let version: string | undefined;
  let model: Model | undefined;
  return (match) => {
    if (model === undefined || match.model_version !== version) {
      version = match.model_version;
      model = modelOf(version);
    }
    const rule = model.scoring.rule(match.rule);
    if (rule === undefined) throw new Error(`model ${match.model_version} has no rule ${match.rule}`);
    return rule;
  };
}

/** The earliest of each UTC day, as many as their rule allows, that have not expired. */
function withinDays(inOrder: readonly Counted[], at: number): readonly Counted[] {
  const taken = new Map<string, number>();
  return inOrder.filter(({ rule, from }) => {
    if (rule.perDay === Number.POSITIVE_INFINITY) return true;
    const day = `${rule.id} ${Math.floor(from / DAY)}`;
    const before = taken.get(day) ?? 0;
    taken.set(day, before + 1);
    return before < rule.perDay && (at === Number.POSITIVE_INFINITY || at - from <= rule.expiresAfter);
  });
}

/** Order of sums and limits: the date it counts from, event id, rule. */
export function compareCounted(a: Counted, b: Counted): number {
  return a.from - b.from || compareText(a.match.event_id, b.match.event_id) || compareText(a.match.rule, b.match.rule);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
