import { timeIn } from '#lib/flow/table';
import type { Grading, Scoring } from '#lib/model/model';
import type { Contribution } from '#schemas/generated/records';
import type { ModelOf } from '#services/score/counted';
import { type Fit, fitOf, profileAt, type Word } from '#services/score/profile';

/** What a model makes of a lead beside its points. */
export interface Standing {
  /** A to F; '' without grading. */
  readonly grade: string;
  readonly disqualified: string | null;
}

/** The fit of a profile at a time; undefined if the model grades nobody. */
export function fitAt(words: readonly Word[], at: number, scoring: Scoring | undefined): Fit | undefined {
  const grading = scoring?.grading;
  if (grading === undefined) return undefined;
  if (words.some(([, , key]) => timeIn(key) > at)) return fitOf(profileAt(words, at), grading);
  const known = fits.get(words);
  if (known?.grading === grading) return known.fit;
  const fit = fitOf(profileAt(words, at), grading);
  fits.set(words, { grading, fit });
  return fit;
}

/** A profile changes rarely, and is asked about at each record. */
const fits = new WeakMap<readonly Word[], { readonly grading: Grading; readonly fit: Fit }>();

/** The first reason that holds: rules of behaviour in the order of the model in force, older models' after them, then fit. */
export function disqualifiedBy(
  contributions: readonly Pick<Contribution, 'rule' | 'model_version'>[],
  fit: Fit | undefined,
  scoring: Scoring | undefined,
  modelOf: ModelOf,
): string | null {
  if (contributions.length === 0 && fit === undefined) return null;
  const reasons = new Map<string, string>();
  for (const { rule, model_version } of contributions) {
    const reason = modelOf(model_version).scoring.rule(rule)?.disqualifies;
    if (reason !== undefined) reasons.set(rule, reason);
  }
  if (reasons.size > 0) {
    for (const { id } of scoring?.rules ?? []) {
      const reason = reasons.get(id);
      if (reason !== undefined) return reason;
    }
    const [first] = [...reasons.keys()].sort();
    return reasons.get(first ?? '') ?? null;
  }
  return fit?.reasons.find(({ disqualifies }) => disqualifies !== null)?.disqualifies ?? null;
}
