import type { StageLadder, StageRule } from '#lib/model/model';
import type { StageMove } from '#schemas/generated/records';
import { holding, type Standing } from '#services/stage/standing';

export type Visits = { readonly [stage: string]: number };

export interface Climbed {
  readonly moves: readonly StageMove[];
  readonly since: number;
  readonly visits: Visits;
  /** As in Standing. */
  readonly heardAt: number;
}

/** The steps a lead takes on the ladder, in order; each rule applies once at most. */
export function climb(from: Standing, ladder: StageLadder): Climbed {
  const moves: StageMove[] = [];
  const used: StageRule[] = [];
  let standing = from;
  for (;;) {
    const { stage, since, visits, heardAt, at } = standing;
    const step = applying(standing, used, ladder);
    if (step === undefined) return { moves, since, visits, heardAt };
    const { rule, detail } = step;
    used.push(rule);
    const visit = (visits[rule.to] ?? 0) + 1;
    moves.push({
      from_stage: stage,
      to_stage: rule.to,
      reason: detail !== undefined ? `${rule.reason}: ${detail}` : rule.reason,
      at,
      rule: rule.id,
      from_since: since,
      visit,
    });
    standing = {
      ...standing,
      stage: rule.to,
      since: at,
      visits: { ...visits, [rule.to]: visit },
      heardAt: Math.max(heardAt, step.heardAt),
    };
  }
}

/** The first rule that leads on from a stage, and what is behind it. */
function applying(standing: Standing, used: readonly StageRule[], ladder: StageLadder) {
  for (const rule of ladder.moves) {
    if (!rule.from.has(standing.stage) || used.includes(rule)) continue;
    const held = holding(rule, standing, ladder);
    if (held !== undefined) return { rule, ...held };
  }
  return undefined;
}
