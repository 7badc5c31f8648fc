import type { Model, Program, Subject } from '#lib/model/model';
import type { Staged } from '#schemas/generated/records';
import type { CountWindow, Enrolment, TriggerState } from '#services/trigger/state';
import { countReached } from '#services/trigger/windows';

/**
 * The programs that a judged record leads into, in the model's order. `subject` is its activity, undefined for a
 * wake-up; `enrolments` are the programs it is in. A visitor enters none: nobody knows where to write.
 */
export function entries(
  state: TriggerState,
  enrolments: readonly Enrolment[],
  staged: Staged,
  subject: Subject | undefined,
  model: Model,
): readonly Enrolment[] {
  if (!staged.known) return [];
  return model.programs
    .filter((program) => program.audience.has(staged.stage_after))
    .filter((program) => !enrolments.some((enrolment) => enrolment.program === program.id))
    .filter((program) => mayEnter(program, state.entered[program.id], staged.at))
    .filter((program) => isEntered(program, staged, subject, state.windows))
    .map((program) => ({
      program: program.id,
      modelVersion: model.version,
      enteredAt: staged.at,
      causeId: staged.cause_id,
      historic: staged.historic,
      next: 0,
      dueAt: staged.at + (program.steps[0]?.after ?? 0),
    }));
}

/** Long enough after the last entry; times in ms since 1970 UTC. */
function mayEnter(program: Program, lastEntered: number | undefined, at: number): boolean {
  return lastEntered === undefined || at - lastEntered >= program.reentryAfter;
}

function isEntered(
  program: Program,
  staged: Staged,
  subject: Subject | undefined,
  windows: readonly CountWindow[],
): boolean {
  const { enter } = program;
  if (enter.kind === 'stage') return staged.moves.some((move) => move.to_stage === enter.stage);
  if (subject === undefined || subject.activity.name !== enter.name || !enter.matches(subject)) return false;
  return countReached(windows, program.id, enter, subject.activity.occurred_at);
}
