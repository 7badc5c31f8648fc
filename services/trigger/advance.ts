import type { Program, ProgramStep } from '#lib/model/model';
import type { Personal } from '#schemas/generated/records';
import { alreadySent } from '#services/trigger/sends';
import type { Enrolment, Send } from '#services/trigger/state';

/** Why a step is recorded and not sent, in the order in which they are looked for. */
export type Suppression = 'historic' | 'already_sent' | 'unsubscribed' | 'no_address' | 'late';

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
  readonly personal: Personal;
  readonly unsubscribed: boolean;
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

function suppression(
  enrolment: Enrolment,
  step: ProgramStep,
  program: Program,
  recipient: Recipient,
  lateness: number,
): Suppression | null {
  if (enrolment.historic) return 'historic';
  if (alreadySent(recipient.sends, enrolment, step.id, program)) return 'already_sent';
  if (step.channel === 'mail' && recipient.unsubscribed) return 'unsubscribed';
  if (step.channel === 'mail' && recipient.personal.email === null) return 'no_address';
  return lateness > step.maxLateness ? 'late' : null;
}
