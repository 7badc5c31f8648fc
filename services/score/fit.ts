import type { FitRule, Grading, Profile, Scoring } from '#lib/model/model';
import type { Facts, Personal } from '#schemas/generated/records';

/** What a model's grading makes of a profile. */
export interface Fit {
  readonly points: number;
  readonly grade: string;
  /** Rules that match, in their order. */
  readonly reasons: readonly FitReason[];
}

export interface FitReason {
  readonly rule: string;
  readonly points: number;
  readonly disqualifies: string | null;
}

/** How well a lead fits of whom this is true; undefined if the model grades nobody. */
export function fitOf(facts: Facts, scoring: Scoring | undefined): Fit | undefined {
  const grading = scoring?.grading;
  if (grading === undefined) return undefined;
  const { personal } = facts;
  const known = fits.get(personal);
  if (known?.grading === grading) return known.fit;
  const fit = fitOfProfile(profileOf(personal), grading);
  fits.set(personal, { grading, fit });
  return fit;
}

/** What is known of a person changes rarely, and its fit is asked for at each record. */
const fits = new WeakMap<Personal, { readonly grading: Grading; readonly fit: Fit }>();

function profileOf(personal: Personal): Profile {
  return { email: personal.email ?? '', traits: JSON.parse(personal.traits) };
}

/** A profile's points, grade and reasons. */
function fitOfProfile(profile: Profile, { rules, grades }: Grading): Fit {
  const reasons = rules.filter(({ matches }) => matches(profile)).map(reasonOf);
  const points = reasons.reduce((sum, reason) => sum + reason.points, 0);
  return { points, grade: grades.find(({ atLeast }) => points >= atLeast)?.grade ?? 'F', reasons };
}

function reasonOf({ id, points, disqualifies }: FitRule): FitReason {
  return { rule: id, points, disqualifies: disqualifies ?? null };
}
