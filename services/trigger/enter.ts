import type { Model, Program } from '#lib/model/model';
import { occasionOf } from '#lib/model/occasion';
import { subjectOf } from '#lib/model/subject';
import type { Activity, Staged } from '#schemas/generated/records';
import { lastEntry } from '#services/trigger/sends';
import type { CountWindow, Enrolment, TriggerState } from '#services/trigger/state';
import { countReached } from '#services/trigger/windows';

/**
 * The programs that a judged record leads into, in the model's order. `activity` is the record's, undefined for a wake-up;
 * `enrolments` are the programs it is in. A visitor enters none: nobody knows where to write.
 */
export function entries(
  state: TriggerState,
  enrolments: readonly Enrolment[],
  staged: Staged,
  activity: Activity | undefined,
  model: Model,
): readonly Enrolment[] {
  if (!staged.known) return NONE;
  const entered = model.programs.filter(
    (program) =>
      isEntered(program, staged, activity, state.windows) &&
      program.audience.has(staged.stage_after) &&
      !enrolments.some((enrolment) => enrolment.program === program.id) &&
      mayEnter(program, lastEntry(state, program.id), staged.at),
  );
  return entered.length === 0 ? NONE : entered.map((program) => enrolment(program, staged, model));
}

const NONE: readonly Enrolment[] = [];

function enrolment({ id, steps }: Program, staged: Staged, model: Model): Enrolment {
  const { at, cause_id, historic } = staged;
  const dueAt = at + (steps[0]?.after ?? 0);
  return {
    program: id,
    modelVersion: model.version,
    enteredAt: at,
    causeId: cause_id,
    occasion: occasionOf(staged),
    historic,
    next: 0,
    dueAt,
  };
}

/** Long enough after the last entry; times in ms since 1970 UTC. */
function mayEnter(program: Program, lastEntered: number | undefined, at: number): boolean {
  return lastEntered === undefined || at - lastEntered >= program.reentryAfter;
}

function isEntered(
  { id, enter }: Program,
  staged: Staged,
  activity: Activity | undefined,
  windows: readonly CountWindow[],
): boolean {
  if (enter.kind === 'stage') return staged.moves.some((move) => move.to_stage === enter.stage);
  if (activity === undefined || activity.name !== enter.name) return false;
  return countReached(windows, id, enter, activity.occurred_at) && enter.matches(subjectOf(activity));
}
