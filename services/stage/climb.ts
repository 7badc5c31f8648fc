import type { StageLadder, StageRule } from '#lib/model/model';
import type { StageMove } from '#schemas/generated/records';
import { holding, type Standing } from '#services/stage/standing';

/** A move with where it stands among a lead's stages. */
export interface Climbing {
  readonly standing: Standing;
  /** When the present stage was entered, ms; and how many times each stage was entered. */
  readonly since: number;
  readonly visits: Visits;
}

export type Visits = { readonly [stage: string]: number };

export interface Climbed {
  readonly moves: readonly StageMove[];
  readonly since: number;
  readonly visits: Visits;
  /** As in Standing. */
  readonly heardAt: number;
}

/** The steps a lead takes on the ladder, in order; each rule applies once at most. */
export function climb({ standing, since, visits }: Climbing, ladder: StageLadder): Climbed {
  const moves: StageMove[] = [];
  const used: StageRule[] = [];
  let at: Omit<Climbed, 'moves'> & { readonly stage: string } = {
    stage: standing.stage,
    since,
    visits,
    heardAt: standing.heardAt,
  };
  for (;;) {
    const step = applying({ ...standing, ...at }, used, ladder);
    if (step === undefined) return { moves, since: at.since, visits: at.visits, heardAt: at.heardAt };
    const { rule, detail } = step;
    const heardAt = Math.max(at.heardAt, step.heardAt);
    used.push(rule);
    const visit = (at.visits[rule.to] ?? 0) + 1;
    moves.push({
      from_stage: at.stage,
      to_stage: rule.to,
      reason: detail !== undefined ? `${rule.reason}: ${detail}` : rule.reason,
      at: standing.at,
      rule: rule.id,
      from_since: at.since,
      visit,
    });
    at = { stage: rule.to, since: standing.at, visits: { ...at.visits, [rule.to]: visit }, heardAt };
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

/** The shortest time after which a rule asks whether a lead in this stage was quiet, or stayed in it, for so long; ms. */
export function patienceOf(kind: 'quiet' | 'stayed', stage: string, ladder: StageLadder): number | undefined {
  let least: number | undefined;
  for (const { from, when } of ladder.moves) {
    if (!from.has(stage)) continue;
    for (const one of when) if (one.kind === kind) least = Math.min(least ?? one.forMs, one.forMs);
  }
  return least;
}
