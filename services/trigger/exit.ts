import type { Program } from '#lib/model/model';
import { UNSUBSCRIBED } from '#services/trigger/consent';
import type { Fact } from '#services/trigger/fact';
import type { Enrolment } from '#services/trigger/state';

/**
 * The enrolments that go on after this record; the same list if all do. Exits are judged at live and historic activities;
 * an unsubscribe counts also when it comes along from another owner. `programOf` gives the program as it was on entry.
 */
export function goingOn(
  enrolments: readonly Enrolment[],
  fact: Fact,
  programOf: (enrolment: Enrolment) => Program | undefined,
): readonly Enrolment[] {
  const name = exitingBehaviour(fact);
  if (name === undefined || enrolments.length === 0) return enrolments;
  const ends = (enrolment: Enrolment) => programOf(enrolment)?.exitOn.has(name) ?? false;
  return enrolments.some(ends) ? enrolments.filter((enrolment) => !ends(enrolment)) : enrolments;
}

function exitingBehaviour(fact: Fact): string | undefined {
  if (fact.kind === 'activity') return fact.activity.name;
  return fact.kind === 'moved' && fact.activity.name === UNSUBSCRIBED ? UNSUBSCRIBED : undefined;
}
