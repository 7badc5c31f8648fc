import type { ExplainedContribution, Explanation, ModelFacts } from '#app/dashboard/ports';

/** An activity counts for this long after it occurred, ms. */
export const COUNTS_FOR = 400 * 86_400_000;

/** A contribution with the half-life (ms, Infinity: none) that its points fade by. */
export interface Fading {
  readonly contribution: ExplainedContribution;
  readonly halfLife: number;
}

/** The rule of the model in force says how points fade; for a rule it no longer has, the contribution itself does. */
export function fadings(explanation: Explanation, model: ModelFacts | undefined): Fading[] {
  return explanation.contributions.map((contribution) => ({
    contribution,
    halfLife: model?.scoring.rule(contribution.rule)?.halfLife ?? halfLifeShown(contribution, explanation.at),
  }));
}

/** Points left at `at`: raw × 2^(−age / half-life), 0 before it occurred and after 400 days. */
export function pointsAt({ contribution, halfLife }: Fading, at: number): number {
  const age = at - contribution.occurred_at;
  return age < 0 || age > COUNTS_FOR ? 0 : contribution.raw * 2 ** (-age / halfLife);
}

function halfLifeShown({ raw, points, occurred_at }: ExplainedContribution, at: number): number {
  const fade = Math.log2(raw / points);
  return fade > 0 && Number.isFinite(fade) ? (at - occurred_at) / fade : Number.POSITIVE_INFINITY;
}
