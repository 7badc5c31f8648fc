import { mayBeSent } from '#lib/facts/consent';
import type { Program, ProgramStep } from '#lib/model/model';
import type { Facts } from '#schemas/generated/records';
import { alreadySent } from '#services/trigger/sends';
import type { Enrolment, Send } from '#services/trigger/state';

/** Why a step is recorded and not sent, in the order in which they are looked for. */
export type Suppression =
  | 'program_deleted'
  | 'historic'
  | 'already_sent'
  | 'staff'
  | 'unsubscribed'
  | 'no_address'
  | 'complained'
  | 'bounced'
  | 'late';

/** A step that is due now. */
export interface DueStep {
  readonly enrolment: Enrolment;
  readonly step: ProgramStep;
  /** ms since 1970 UTC */
  readonly at: number;
  /** null: send it. */
  readonly suppressedBy: Suppression | null;
}

/** The lead as known at the step. */
export interface Recipient {
  readonly stage: string;
  readonly facts: Facts;
  /** As in TriggerState. */
  readonly sends: readonly Send[] | undefined;
}

export interface Advance {
  readonly due: readonly DueStep[];
  /** undefined: the program is over for this lead. */
  readonly left: Enrolment | undefined;
}

/**
 * Takes an enrolment through the steps due by `until`; suppressed ones count as taken. A lead that has left the audience
 * leaves the program at its next step. `loggedAt` tells how late a step is; both in ms since 1970 UTC.
 */
export function advance(
  enrolment: Enrolment,
  program: Program | undefined,
  recipient: Recipient,
  until: number,
  loggedAt: number,
): Advance {
  const due: DueStep[] = [];
  for (let next = enrolment.next; ; next += 1) {
    const step = program?.steps[next];
    if (step === undefined) return { due, left: undefined };
    const at = enrolment.enteredAt + step.after;
    if (at > until) return { due, left: { ...enrolment, next, dueAt: at } };
    if (!program?.audience.has(recipient.stage)) return { due, left: undefined };
    due.push({ enrolment, step, at, suppressedBy: suppression(enrolment, step, program, recipient, loggedAt - at) });
  }
}

/** Ends an enrolment whose program was deleted: its next step is recorded, not sent. `at` in ms since 1970 UTC. */
export function endedAt(enrolment: Enrolment, program: Program | undefined, at: number): Advance {
  const step = program?.steps[enrolment.next];
  const due: readonly DueStep[] = step === undefined ? [] : [{ enrolment, step, at, suppressedBy: 'program_deleted' }];
  return { due, left: undefined };
}

function suppression(
  enrolment: Enrolment,
  step: ProgramStep,
  program: Program,
  recipient: Recipient,
  lateness: number,
): Suppression | null {
  if (enrolment.historic) return 'historic';
  if (alreadySent(recipient, enrolment, step.id, program)) return 'already_sent';
  const { consents, personal, address_closed, staff } = recipient.facts;
  if (staff) return 'staff';
  if (step.channel === 'mail') {
    if (!mayBeSent(consents, 'mail', step.topic)) return 'unsubscribed';
    if (personal.email === null) return 'no_address';
    if (address_closed !== null) return address_closed === 'complained' ? 'complained' : 'bounced';
  }
  return lateness > step.maxLateness ? 'late' : null;
}
