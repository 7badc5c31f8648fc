import type { StepContext } from '#lib/flow/fold';
import type { Hash } from '#lib/flow/ports';
import type { Personal, Trigger } from '#schemas/generated/records';
import type { DueStep } from '#services/trigger/advance';

/** The records of lead.triggers for the steps due, numbered from the context's step on. */
export function triggers(
  due: readonly DueStep[],
  personal: Personal,
  dueAt: number | null,
  context: Pick<StepContext<unknown>, 'key' | 'seq' | 'step' | 'loggedAt'>,
  hash: Hash,
): readonly Trigger[] {
  return due.map(({ enrolment, step, at, suppressedBy }, index) => ({
    trigger_id: hash(
      JSON.stringify([context.key, enrolment.program, enrolment.modelVersion, step.id, enrolment.occasion]),
    ),
    seq: context.seq,
    step_no: context.step + index,
    logged_at: context.loggedAt,
    lead_id: context.key,
    program: enrolment.program,
    model_version: enrolment.modelVersion,
    step: step.id,
    channel: step.channel,
    template: step.template,
    at,
    cause_id: enrolment.causeId,
    suppressed_by: suppressedBy,
    personal,
    due_at: dueAt,
  }));
}
