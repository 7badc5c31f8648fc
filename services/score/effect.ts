import type { Contribution, ScoreEffect } from '#schemas/generated/records';
import { scoreOf } from '#services/score/contributions';

const REASONS = 10;

/** How a score changed between two lists of contributions, both of the same time. */
export function effectOf(before: readonly Contribution[], after: readonly Contribution[], at: number): ScoreEffect {
  const score = scoreOf(after);
  if (before === after) return { at, before: score, after: score, added: [], removed: [], reasons: [] };
  const added = missingFrom(before, after);
  const removed = missingFrom(after, before);
  const changed = added.length > 0 || removed.length > 0;
  return { at, before: scoreOf(before), after: score, added, removed, reasons: changed ? largest(after) : [] };
}

function missingFrom(there: readonly Contribution[], here: readonly Contribution[]): Contribution[] {
  const known = new Set(there.map(nameOf));
  return here.filter((contribution) => !known.has(nameOf(contribution)));
}

/** Largest first, whatever their sign; ties in the order of sums. */
function largest(contributions: readonly Contribution[]): Contribution[] {
  return [...contributions].sort((a, b) => Math.abs(b.points) - Math.abs(a.points)).slice(0, REASONS);
}

function nameOf({ rule, event_id, occurred_at }: Contribution): string {
  return `${occurred_at} ${rule} ${event_id}`;
}
