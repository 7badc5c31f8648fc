import type { Program } from '#lib/model/model';
import { subjectOf } from '#lib/model/subject';
import type { Activity, Trigger } from '#schemas/generated/records';
import { MOST_OCCURRENCES, occurrenceId, withOccurrence } from '#services/trigger/occurrences';
import type { Enrolment, Send, TriggerState } from '#services/trigger/state';

const SENT = 'email_sent';
const NONE: readonly Send[] = [];

/** Notes a mail of a program that came along from another owner; the same list if the activity is none. */
export function withSend(sends: readonly Send[] = NONE, activity: Activity): readonly Send[] {
  const send = sendOf(activity);
  return send === undefined ? sends : withOccurrence(sends, send).slice(-MOST_OCCURRENCES);
}

/** When the lead last entered the program, or was sent one of its mails as another owner; ms since 1970 UTC. */
export function lastEntry(
  { entered, joinedEntries, sends = NONE, facts }: TriggerState,
  program: string,
): number | undefined {
  let last = laterOf(entered[program], joinedEntries?.[program]);
  for (const send of sends) {
    if (send.program === program && isTo(send, facts.personal.email)) last = laterOf(last, send.occurredAt);
  }
  return last;
}

/**
 * Whether the lead, or whoever else has had its address, has had this step's mail, so lately before the entry, or since, that it may
 * not have it again.
 */
export function alreadySent(
  { sends = NONE, facts }: Pick<TriggerState, 'sends' | 'facts'>,
  { program, enteredAt }: Enrolment,
  step: string,
  { reentryAfter }: Program,
): boolean {
  return sends.some(
    (send) =>
      send.program === program &&
      send.step === step &&
      enteredAt - send.occurredAt < reentryAfter &&
      isTo(send, facts.personal.email),
  );
}

/** With the mails among these triggers that are sent to this address. */
export function withSent(
  sent: readonly Send[] | undefined,
  triggers: readonly Trigger[],
  email: string | null,
): readonly Send[] | undefined {
  let all = sent;
  for (const { trigger_id: id, program, step, at, channel, suppressed_by } of triggers) {
    if (channel !== 'mail' || suppressed_by !== null || email === null) continue;
    all = withOccurrence(all ?? NONE, { id, program, step, occurredAt: at, to: email }).slice(-MOST_OCCURRENCES);
  }
  return all;
}

function laterOf(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.max(one, other);
}

function isTo({ to, joined }: Send, email: string | null): boolean {
  return joined === true || to === undefined || to === email;
}

function sendOf(activity: Activity): Send | undefined {
  if (activity.name !== SENT || activity.cause !== 'move') return undefined;
  const { program, step } = subjectOf(activity).properties;
  if (typeof program !== 'string' || typeof step !== 'string') return undefined;
  return { id: occurrenceId(activity), occurredAt: activity.occurred_at, program, step };
}
