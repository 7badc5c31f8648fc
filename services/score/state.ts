import { firstPlace } from '#lib/flow/first-place';
import type { Activity } from '#schemas/generated/records';
import { type LeadFacts, NOTHING_SAID } from '#services/score/lead-facts';
import type { Retention } from '#services/score/retention';

/**
 * A lead's part in its score: what its activities matched, in order of (at, event_id, rule). The score is a function of
 * this, the models and a time; nothing else.
 */
export interface LeadScore extends Retention {
  readonly matches: readonly Match[];
  readonly facts: LeadFacts;
  /** The newest activity by log order was historic: what follows from time alone is recorded, not sent. */
  readonly historic?: true;
}

/** An activity that a rule counts (points), waits on (question) or takes an absence back with (answer). */
export interface Match {
  readonly role: 'points' | 'question' | 'answer';
  readonly rule: string;
  readonly model_version: string;
  readonly event_id: string;
  readonly publisher: string;
  /** occurred_at, ms. */
  readonly at: number;
  /** Counts once per key; pairs question and answer. null: stands alone. */
  readonly key: string | null;
  /** It lay ahead of logged time when it came: it counts once logged time has passed it. */
  readonly ahead: boolean;
  /** What follows from waiting on it is recorded, not sent. */
  readonly historic: boolean;
}

export const NOTHING: LeadScore = { matches: [], kept: 0, facts: NOTHING_SAID };

/** Order of sums: occurred_at, event id, rule. */
export function compareMatches(a: Match, b: Match): number {
  return (
    a.at - b.at ||
    compareText(a.event_id, b.event_id) ||
    compareText(a.publisher, b.publisher) ||
    compareText(a.rule, b.rule)
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The matches with more of them, in order. */
export function withMatches(matches: readonly Match[], added: readonly Match[]): readonly Match[] {
  if (added.length === 0) return matches;
  const all = matches.slice();
  for (const match of added) {
    const place = placeOf(all, match);
    if (place === all.length) all.push(match);
    else all.splice(place, 0, match);
  }
  return all;
}

/** Behind all that are not after it: most are the newest. */
function placeOf(inOrder: readonly Match[], match: Match): number {
  const last = inOrder.at(-1);
  if (last === undefined || compareMatches(last, match) <= 0) return inOrder.length;
  return firstPlace(inOrder.length, (place) => compareMatches(inOrder[place] ?? last, match) > 0);
}

/** The matches of one activity, and those without them: the same list if it has none. */
export function withoutActivity(
  matches: readonly Match[],
  { publisher, event_id, occurred_at }: Pick<Activity, 'publisher' | 'event_id' | 'occurred_at'>,
): { readonly gone: readonly Match[]; readonly left: readonly Match[] } {
  const from = firstAt(matches, occurred_at);
  const to = firstAt(matches, occurred_at + 1);
  const isItsOwn = (match: Match) => match.event_id === event_id && match.publisher === publisher;
  const gone = matches.slice(from, to).filter(isItsOwn);
  if (gone.length === 0) return { gone, left: matches };
  const stays = matches.slice(from, to).filter((match) => !isItsOwn(match));
  return { gone, left: [...matches.slice(0, from), ...stays, ...matches.slice(to)] };
}

/** The first place from a time on. */
function firstAt(inOrder: readonly Match[], at: number): number {
  return firstPlace(inOrder.length, (place) => (inOrder[place]?.at ?? Infinity) >= at);
}
