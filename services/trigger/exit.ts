import { mayBeSent } from '#lib/facts/consent';
import { UNSUBSCRIBED } from '#lib/facts/words';
import type { Program } from '#lib/model/model';
import type { Facts } from '#schemas/generated/records';
import type { Fact } from '#services/trigger/fact';
import type { Enrolment } from '#services/trigger/state';

/**
 * The enrolments that go on after this record; the same list if all do. Exits are judged at live and historic activities. An
 * unsubscribe counts whoever's agent reports it, and also when it comes along from another owner, as long as it is the lead's
 * last word: one that a later subscription took back ends nothing. `programOf` gives the program as it was on entry.
 */
export function goingOn(
  enrolments: readonly Enrolment[],
  fact: Fact,
  facts: Facts,
  programOf: (enrolment: Enrolment) => Program | undefined,
): readonly Enrolment[] {
  const name = exitingBehaviour(fact);
  if (name === undefined || enrolments.length === 0) return enrolments;
  const ends = (enrolment: Enrolment) => {
    const program = programOf(enrolment);
    return program?.exitOn.has(name) === true && (name !== UNSUBSCRIBED || isClosedTo(program, facts));
  };
  return enrolments.some(ends) ? enrolments.filter((enrolment) => !ends(enrolment)) : enrolments;
}

function exitingBehaviour(fact: Fact): string | undefined {
  if (fact.kind === 'activity') return fact.activity.name;
  const activity = 'excluded' in fact ? fact.excluded : 'activity' in fact ? fact.activity : undefined;
  return activity?.name === UNSUBSCRIBED ? UNSUBSCRIBED : undefined;
}

/** Whether the lead wants no more of a program's mails; of one without mails, no mail at all. */
function isClosedTo({ steps }: Program, { consents }: Facts): boolean {
  const topics = steps.filter(({ channel }) => channel === 'mail').map(({ topic }) => topic);
  return (topics.length === 0 ? [undefined] : topics).some((topic) => !mayBeSent(consents, 'mail', topic));
}
