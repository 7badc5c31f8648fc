import type { Scoring } from '#lib/model/model';
import type { Contribution } from '#schemas/generated/records';
import type { ModelOf } from '#services/score/counted';
import type { Fit } from '#services/score/fit';

/** What a model makes of a lead beside its points. */
export interface Standing {
  /** A to F; '' without grading. */
  readonly grade: string;
  readonly disqualified: string | null;
}

/** The first reason that holds: rules of behaviour in the order of the model in force, older models' after them, then fit. */
export function disqualifiedBy(
  contributions: readonly Pick<Contribution, 'rule' | 'model_version'>[],
  fit: Fit | undefined,
  scoring: Scoring | undefined,
  modelOf: ModelOf,
): string | null {
  if (contributions.length === 0 && fit === undefined) return null;
  let reasons: Map<string, string> | undefined;
  for (const { rule, model_version } of contributions) {
    const reason = modelOf(model_version).scoring.rule(rule)?.disqualifies;
    if (reason === undefined) continue;
    reasons ??= new Map();
    reasons.set(rule, reason);
  }
  if (reasons !== undefined) {
    for (const { id } of scoring?.rules ?? []) {
      const reason = reasons.get(id);
      if (reason !== undefined) return reason;
    }
    const [first] = [...reasons.keys()].sort();
    return reasons.get(first ?? '') ?? null;
  }
  return fit?.reasons.find(({ disqualifies }) => disqualifies !== null)?.disqualifies ?? null;
}
