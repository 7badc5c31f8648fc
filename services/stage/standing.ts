import { isMet, type StageFacts } from '#lib/model/missing';
import type { StageCondition, StageLadder, StageRule, Subject } from '#lib/model/model';
import { detailOf, type Told } from '#services/stage/told';

/** What a lead's stage is judged on. */
export interface Standing extends StageFacts {
  /** The activity at hand; undefined at a wake-up. */
  readonly subject: Subject | undefined;
  /** Behaviours that came along from another owner since the last judgement. */
  readonly told: readonly Told[];
  /** When the last behaviour occurred that moved the stage, ms; 0: none has. What came along from before counts no more. */
  readonly heardAt: number;
}

/** That a rule's conditions hold, and what is behind them in others' words. */
export interface Held {
  readonly detail: string | undefined;
  /** When the behaviour among them occurred, ms; 0: there is none. */
  readonly heardAt: number;
}

const HELD: Held = { detail: undefined, heardAt: 0 };

/** undefined: not all conditions of the rule hold. */
export function holding(rule: StageRule, standing: Standing, ladder: StageLadder): Held | undefined {
  let held = HELD;
  for (const condition of rule.when) {
    const one = holds(condition, rule, standing, ladder);
    if (one === undefined) return undefined;
    held = { detail: one.detail ?? held.detail, heardAt: Math.max(one.heardAt, held.heardAt) };
  }
  return held;
}

function holds(when: StageCondition, rule: StageRule, standing: Standing, ladder: StageLadder): Held | undefined {
  const { disqualified } = standing;
  switch (when.kind) {
    case 'behaviour':
      return heard(when, rule, standing);
    case 'active':
      return heldIf(isActive(standing, ladder));
    case 'disqualified':
      return disqualified === null ? undefined : { detail: disqualified, heardAt: 0 };
    default:
      return heldIf(isMet(when, standing));
  }
}

function heldIf(condition: boolean): Held | undefined {
  return condition ? HELD : undefined;
}

function heard(
  when: Extract<StageCondition, { kind: 'behaviour' }>,
  rule: StageRule,
  { subject, told, heardAt }: Standing,
): Held | undefined {
  if (subject !== undefined && when.names.has(subject.activity.name) && when.matches(subject)) {
    return { detail: detailOf(subject), heardAt: subject.activity.occurred_at };
  }
  const earlier = told.find((one) => one.rule === rule.id && one.at >= heardAt);
  return earlier === undefined ? undefined : { detail: earlier.detail, heardAt: earlier.at };
}

/** A behaviour from long ago that is reported now is no sign of life. */
function isActive({ subject, quietSince, at }: Standing, ladder: StageLadder): boolean {
  if (subject === undefined || !ladder.isOwn(subject.activity.name)) return false;
  const isLongAgo = (one: StageCondition) =>
    one.kind === 'quiet' && quietSince !== undefined && at - quietSince >= one.forMs;
  return !ladder.moves.some(({ when }) => when.some(isLongAgo));
}
