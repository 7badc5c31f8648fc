import { type Columns, QUESTION } from '#services/score/columns';
import { absenceDate, type Counted, countedAt, type ModelOf, rulesOf } from '#services/score/counted';
import type { Match } from '#services/score/state';

/** What changes by time alone, and by which rule. */
export interface Due {
  readonly at: number;
  readonly rule: string;
  readonly historic: boolean;
}

/**
 * The next thing that changes by time alone otherwise than by points that fade or expire, from `after` on (inclusive): an absence
 * or an event ahead of its time counts, or a rule that disqualifies no longer does. `columns`: the matches', if they are known.
 */
export function nextDue(
  matches: readonly Match[],
  after: number,
  modelOf: ModelOf,
  columns?: Columns,
): Due | undefined {
  let next: Due | undefined;
  let disqualify = columns?.disqualify ?? false;
  const ruleAt = rulesOf(modelOf);
  for (let place = 0; place < matches.length; place++) {
    if (columns !== undefined && !mayWait(columns, place, after)) continue;
    const match = matches[place];
    if (match === undefined || match.role === 'answer') continue;
    const rule = ruleAt(match);
    if (rule.disqualifies !== undefined) disqualify = true;
    let at: number | undefined;
    if (match.role === 'question') {
      if (match.at + (rule.absence?.within ?? 0) >= after) at = absenceDate(matches, place, match, rule);
    } else if (match.ahead) at = match.at;
    if (at !== undefined && at >= after) next = sooner(next, at, match);
  }
  if (!disqualify) return next;
  for (const { at, match } of releases(countedAt(matches, Infinity, 'inclusive', modelOf))) {
    if (at >= after) next = sooner(next, at, match);
  }
  return next;
}

function sooner(next: Due | undefined, at: number, { rule, historic }: Match): Due {
  if (next === undefined || at < next.at) return { at, rule, historic };
  return at === next.at ? { ...next, historic: next.historic && historic } : next;
}

/** When each disqualifying rule of a model stops to hold: its contributions have expired, and no other of it counts. */
function* releases(everCounted: readonly Counted[]): Generator<{ readonly at: number; readonly match: Match }> {
  const held = new Map<string, { readonly at: number; readonly match: Match }>();
  for (const { match, rule, from } of everCounted) {
    if (rule.disqualifies === undefined) continue;
    const name = `${match.model_version} ${rule.id}`;
    const before = held.get(name);
    if (before !== undefined && before.at < from) yield before;
    held.set(name, { at: from + rule.expiresAfter + 1, match });
  }
  yield* held.values();
}

function mayWait({ times, keys }: Columns, place: number, after: number): boolean {
  return keys[place] === QUESTION || (times[place] ?? after) >= after;
}
