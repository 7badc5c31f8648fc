import type { Contribution, ScoreEffect } from '#schemas/generated/records';
import { scoreOf } from '#services/score/contributions';

const REASONS = 10;
const NONE: readonly Contribution[] = [];

/** How a score changed between two lists of contributions, both of the same time and in order of their dates. */
export function effectOf(before: readonly Contribution[], after: readonly Contribution[], at: number): ScoreEffect {
  const score = scoreOf(after);
  if (before === after) return { at, before: score, after: score, added: NONE, removed: NONE, reasons: NONE };
  const added = missingFrom(before, after);
  const removed = missingFrom(after, before);
  const changed = added.length > 0 || removed.length > 0;
  return { at, before: scoreOf(before), after: score, added, removed, reasons: changed ? largest(after) : NONE };
}

/** Those of `here` that are not `there`: a walk along both, which meet at their dates. */
function missingFrom(there: readonly Contribution[], here: readonly Contribution[]): readonly Contribution[] {
  let missing: Contribution[] | undefined;
  let place = 0;
  for (const one of here) {
    while (isBefore(there[place], one)) place++;
    if (isFoundFrom(there, place, one)) continue;
    missing ??= [];
    missing.push(one);
  }
  return missing ?? NONE;
}

function isBefore(one: Contribution | undefined, other: Contribution): boolean {
  return one !== undefined && one.occurred_at < other.occurred_at;
}

/** Whether it is among those with its date, the first of which is at `place`. */
function isFoundFrom(
  list: readonly Contribution[],
  place: number,
  { occurred_at, event_id, rule }: Contribution,
): boolean {
  for (let i = place; ; i++) {
    const one = list[i];
    if (one === undefined || one.occurred_at !== occurred_at) return false;
    if (one.event_id === event_id && one.rule === rule) return true;
  }
}

/** Largest first, whatever their sign; ties in the order of sums. */
function largest(contributions: readonly Contribution[]): readonly Contribution[] {
  return contributions.toSorted((a, b) => Math.abs(b.points) - Math.abs(a.points)).slice(0, REASONS);
}
