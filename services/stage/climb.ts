import type { StageCondition, StageLadder, StageRule, Subject } from '#lib/model/model';
import type { StageMove } from '#schemas/generated/records';

/** What a lead's stage is judged on. */
export interface Standing {
  readonly stage: string;
  readonly known: boolean;
  readonly score: number;
  /** The activity at hand; undefined at a wake-up. */
  readonly subject: Subject | undefined;
  /** occurred_at of the newest behaviour of the lead's own, ms. */
  readonly quietSince: number | undefined;
  /** The time of the judgement, ms. */
  readonly at: number;
}

/** The steps a lead takes on the ladder, in order; each rule applies once at most. */
export function climb(standing: Standing, ladder: StageLadder): readonly StageMove[] {
  const moves: StageMove[] = [];
  const used: StageRule[] = [];
  let { stage } = standing;
  for (;;) {
    const rule = applying(stage, used, standing, ladder);
    if (rule === undefined) return moves;
    used.push(rule);
    moves.push({
      from_stage: stage,
      to_stage: rule.to,
      reason: rule.reason,
      at: standing.at,
      rule: rule.id,
      from_since: 0,
      visit: 0,
    });
    stage = rule.to;
  }
}

/** The first rule that leads on from a stage. */
function applying(
  stage: string,
  used: readonly StageRule[],
  standing: Standing,
  ladder: StageLadder,
): StageRule | undefined {
  for (const rule of ladder.moves) {
    if (rule.from.has(stage) && !used.includes(rule) && rule.when.every((when) => holds(when, standing, ladder)))
      return rule;
  }
  return undefined;
}

function holds(
  when: StageCondition,
  { known, score, subject, quietSince, at }: Standing,
  ladder: StageLadder,
): boolean {
  switch (when.kind) {
    case 'identified':
      return known;
    case 'score':
      return score >= when.atLeast;
    case 'behaviour':
      return subject !== undefined && when.names.has(subject.activity.name) && when.matches(subject);
    case 'quiet':
      return quietSince !== undefined && at - quietSince >= when.forMs;
    case 'score_below':
      return score < when.below;
    case 'grade':
    case 'grade_below':
    case 'disqualified':
    case 'stayed':
      return false;
    case 'active':
      return subject !== undefined && ladder.isOwn(subject.activity.name) && !isQuiet(quietSince, at, ladder);
  }
}

/** A behaviour from long ago that is reported now is no sign of life. */
function isQuiet(quietSince: number | undefined, at: number, ladder: StageLadder): boolean {
  return ladder.moves.some(
    ({ when }) => quietSince !== undefined && when.some((one) => one.kind === 'quiet' && at - quietSince >= one.forMs),
  );
}

/** How long a lead in this stage may be quiet before a rule asks, ms; undefined: no rule asks. */
export function patienceOf(stage: string, ladder: StageLadder): number | undefined {
  let least: number | undefined;
  for (const { from, when } of ladder.moves) {
    if (!from.has(stage)) continue;
    for (const one of when) if (one.kind === 'quiet') least = Math.min(least ?? one.forMs, one.forMs);
  }
  return least;
}
