import { holdsOf, holdsOfTraits } from '#test/oracle/conditions';
import type { Grading, ScoringRule } from '#test/oracle/model';
import { type Fields, inOrder, isExcluded, type Reported } from '#test/oracle/reported';

/** Points of one event by one rule: they count from `from` on and until `until`, inclusive. */
export interface Points {
  readonly from: number;
  readonly until: number;
  readonly points: number;
  /** ms; undefined: they do not fade. */
  readonly halfLife: number | undefined;
  /** They are for what did not happen. */
  readonly isAbsence: boolean;
}

/** What all of a lead's events give, whenever it counts. */
export function pointsOf(events: readonly Reported[], rules: readonly ScoringRule[]): readonly Points[] {
  const counting = events.filter((event) => !isExcluded(event)).sort(inOrder);
  return rules.flatMap((rule) => {
    const matching = counting.filter((event) => rule.on.includes(event.name) && holdsOf(rule.where, event));
    const once = matching.filter((event, i) => !isRepeated(rule, event, matching.slice(0, i)));
    return once.flatMap((event) => {
      if (isAnswered(rule, event, counting)) return [];
      const isAbsence = rule.unless !== undefined;
      const from = event.at + (rule.unless?.within ?? 0);
      return [{ from, until: from + rule.lasts, points: rule.points, halfLife: rule.halfLife, isAbsence }];
    });
  });
}

/** A lead's score at a time, with all that is due by then. */
export function scoreAt(points: readonly Points[], at: number): number {
  return sumOf(points, at);
}

/** A lead's score as a report that comes at a time finds it: what is to be missed in that very ms may still come. */
export function scoreMet(points: readonly Points[], at: number): number {
  return sumOf(
    points.filter(({ isAbsence, from }) => !isAbsence || from < at),
    at,
  );
}

function sumOf(points: readonly Points[], at: number): number {
  const sum = points.reduce((total, { from, until, points, halfLife }) => {
    if (from > at || until < at) return total;
    return total + points * (halfLife === undefined ? 1 : 0.5 ** ((at - from) / halfLife));
  }, 0);
  return Math.round(sum * 1e9) / 1e9;
}

/** The grade of what is known of a lead; empty: the model grades nobody. */
export function gradeOf(grading: Grading | undefined, traits: Fields): string {
  if (grading === undefined) return '';
  const fit = grading.rules.reduce((sum, { where, points }) => sum + (holdsOfTraits(where, traits) ? points : 0), 0);
  return grading.grades.find(([, from]) => fit >= from)?.[0] ?? 'F';
}

/** Whether an earlier event has the same value; one without a value counts by itself. */
function isRepeated({ oncePer }: ScoringRule, event: Reported, earlier: readonly Reported[]): boolean {
  const value = oncePer === undefined ? undefined : event.properties[oncePer];
  return (
    value !== undefined && oncePer !== undefined && earlier.some(({ properties }) => properties[oncePer] === value)
  );
}

/** Whether what the rule waits for came in time. An event without the value that it must share waits for nothing. */
function isAnswered({ unless }: ScoringRule, { properties, at }: Reported, counting: readonly Reported[]): boolean {
  if (unless === undefined) return false;
  const value = properties[unless.same];
  if (value === undefined) return true;
  return counting.some(
    (answer) =>
      unless.on.includes(answer.name) &&
      answer.properties[unless.same] === value &&
      answer.at >= at &&
      answer.at <= at + unless.within,
  );
}
