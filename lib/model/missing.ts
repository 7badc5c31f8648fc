import { GRADES, type StageCondition, type StageLadder, type StageRule } from '#lib/model/model';

/** What a lead's stage is judged on, apart from the behaviour at hand. Times in ms since 1970 UTC, scores in points. */
export interface StageFacts {
  readonly stage: string;
  /** When it was entered. */
  readonly since: number;
  /** How many times each stage was entered, the present one included. */
  readonly visits: { readonly [stage: string]: number };
  /** A user id or a mail address is known. */
  readonly known: boolean;
  readonly score: number;
  /** A to F; empty: the model grades nobody. */
  readonly grade: string;
  /** Why a rule of the model disqualifies the lead; null: none does. */
  readonly disqualified: string | null;
  /** occurred_at of the newest behaviour of the lead's own; undefined: it has none. */
  readonly quietSince: number | undefined;
  /** The time of the judgement. */
  readonly at: number;
}

/** A condition that facts alone decide; the others need a behaviour at hand. */
export type FactCondition = Exclude<StageCondition, { readonly kind: 'behaviour' | 'active' }>;

/** Whether a condition holds: the same answer for whoever judges a lead and whoever explains why it was not moved. */
export function isMet(when: FactCondition, facts: StageFacts): boolean {
  const { score, grade, quietSince, since, at } = facts;
  switch (when.kind) {
    case 'identified':
      return facts.known;
    case 'score':
      return score >= when.atLeast;
    case 'score_below':
      return score < when.below;
    case 'grade':
      return grade !== '' && rankOf(grade) <= rankOf(when.atLeast);
    case 'grade_below':
      return grade !== '' && rankOf(grade) > rankOf(when.below);
    case 'disqualified':
      return facts.disqualified !== null;
    case 'been':
      return when.stages.some((stage) => (facts.visits[stage] ?? 0) > 0);
    case 'quiet':
      return quietSince !== undefined && at - quietSince >= when.forMs;
    case 'stayed':
      return at - since >= when.forMs;
  }
}

/** A condition of a move, and whether it holds. One on a behaviour never does: it has to happen. */
export interface Requirement {
  readonly condition: StageCondition;
  readonly met: boolean;
}

/** The conditions of a move, in its order. None is missing exactly if the move is made as soon as its behaviour happens. */
export function requirementsOf(move: Pick<StageRule, 'when'>, facts: StageFacts): readonly Requirement[] {
  return move.when.map((condition) => ({ condition, met: needsNoBehaviour(condition) && isMet(condition, facts) }));
}

export function needsNoBehaviour(condition: StageCondition): condition is FactCondition {
  return condition.kind !== 'behaviour' && condition.kind !== 'active';
}

/** A move up from where a lead is, and what it takes. */
export interface NextMove {
  readonly id: string;
  readonly reason: string;
  readonly requirements: readonly Requirement[];
}

/** A stage of the ladder that a lead can come to next. */
export interface NextStage {
  readonly stage: string;
  readonly moves: readonly NextMove[];
}

/**
 * The stages up the ladder that one move leads to from where a lead is, from the bottom, with their moves. From a stage
 * beside the ladder every rung is up. None at the top, and where no move leads on.
 */
export function nextStages(
  { ladder, moves }: Pick<StageLadder, 'ladder' | 'moves'>,
  facts: StageFacts,
): readonly NextStage[] {
  return ladder.slice(ladder.indexOf(facts.stage) + 1).flatMap((stage) => {
    const leading = moves.filter(({ from, to }) => to === stage && from.has(facts.stage));
    if (leading.length === 0) return [];
    return [
      {
        stage,
        moves: leading.map((move) => ({
          id: move.id,
          reason: move.reason,
          requirements: requirementsOf(move, facts),
        })),
      },
    ];
  });
}

function rankOf(grade: string): number {
  return (GRADES as readonly string[]).indexOf(grade);
}
