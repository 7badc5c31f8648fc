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

/**
 * Those of `here` that are not `there`: a walk along both, which meet at their dates. Two sources may report events of one id and
 * one moment: as many are missing as there are more of them.
 */
function missingFrom(there: readonly Contribution[], here: readonly Contribution[]): readonly Contribution[] {
  let missing: Contribution[] | undefined;
  let place = 0;
  for (const [index, one] of here.entries()) {
    while (isBefore(there[place], one)) place++;
    if (countFrom(there, place, one, there.length) >= countFrom(here, firstOfDate(here, index), one, index + 1))
      continue;
    missing ??= [];
    missing.push(one);
  }
  return missing ?? NONE;
}

function isBefore(one: Contribution | undefined, other: Contribution): boolean {
  return one !== undefined && one.occurred_at < other.occurred_at;
}

function firstOfDate(list: readonly Contribution[], index: number): number {
  let first = index;
  while (list[first - 1]?.occurred_at === list[index]?.occurred_at && first > 0) first--;
  return first;
}

/** How many of its date, from the first one's place to `end`, are of the same event id, rule and model. */
function countFrom(list: readonly Contribution[], first: number, one: Contribution, end: number): number {
  let count = 0;
  for (let i = first; i < end; i++) {
    const other = list[i];
    if (other === undefined || other.occurred_at !== one.occurred_at) break;
    if (other.event_id === one.event_id && other.rule === one.rule && other.model_version === one.model_version)
      count++;
  }
  return count;
}

/** Largest first, whatever their sign; ties in the order of sums. */
function largest(contributions: readonly Contribution[]): readonly Contribution[] {
  return contributions.toSorted((a, b) => Math.abs(b.points) - Math.abs(a.points)).slice(0, REASONS);
}
