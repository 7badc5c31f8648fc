import { type Columns, QUESTION } from '#services/score/columns';
import { absenceDate, type ModelOf, rulesOf } from '#services/score/counted';
import type { Match } from '#services/score/state';

/** What waits to count. */
export interface Due {
  readonly at: number;
  readonly rule: string;
  readonly historic: boolean;
}

/**
 * The next thing that counts by time alone, from `after` on (inclusive): an absence, or an event ahead of its time.
 * `columns`: the matches', if they are known.
 */
export function nextDue(
  matches: readonly Match[],
  after: number,
  modelOf: ModelOf,
  columns?: Columns,
): Due | undefined {
  let next: Due | undefined;
  const ruleAt = rulesOf(modelOf);
  for (let place = 0; place < matches.length; place++) {
    const match = matches[place];
    if (match === undefined || (columns !== undefined && !mayWait(columns, place, after))) continue;
    let at: number | undefined;
    if (match.role === 'question') {
      const rule = ruleAt(match);
      if (match.at + (rule.absence?.within ?? 0) >= after) at = absenceDate(matches, place, match, rule);
    } else if (match.role === 'points' && match.ahead) at = match.at;
    if (at === undefined || at < after) continue;
    const { rule, historic } = match;
    if (next === undefined || at < next.at) next = { at, rule, historic };
    else if (at === next.at) next = { ...next, historic: next.historic && historic };
  }
  return next;
}

function mayWait({ times, keys }: Columns, place: number, after: number): boolean {
  return keys[place] === QUESTION || (times[place] ?? after) >= after;
}
