import { compareKeys, timeIn } from '#lib/flow/table';
import type { FitRule, Grading, Profile, Scoring } from '#lib/model/model';
import type { Activity } from '#schemas/generated/records';
import { activityOf, type Kept } from '#services/score/kept';

/** What an activity said of a person: the trait (null: the mail address), its value, and the key of the activity's item. */
export type Word = readonly [trait: string | null, value: unknown, key: string];

/** The last words on all that a model's grading reads, and those that lie ahead of their time; in order of their keys. */
export interface LeadProfile {
  readonly model_version: string;
  readonly words: readonly Word[];
}

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

const NO_WORDS: readonly Word[] = [];

/** What an activity says of the person, as far as grading reads it. */
export function wordsOf({ personal }: Activity, key: string, { traits }: Grading): readonly Word[] {
  const { email } = personal;
  if (email === null && (personal.traits === '{}' || traits.size === 0)) return NO_WORDS;
  const words: Word[] = email === null ? [] : [[null, email.trim().toLowerCase(), key]];
  if (personal.traits === '{}') return words;
  const said = objectIn(personal.traits);
  for (const trait of traits) if (Object.hasOwn(said, trait)) words.push([trait, said[trait], key]);
  return words;
}

/** The words with more of them. Of each trait the last one up to `now` is kept, and those ahead of it. */
export function withWords(words: readonly Word[], more: readonly Word[], now: number): readonly Word[] {
  if (more.length === 0) return words;
  const all = [...words, ...more].sort((a, b) => compareKeys(a[2], b[2]));
  return all.filter(
    ([trait], place) => !all.some(([other, , key], later) => later > place && other === trait && timeIn(key) <= now),
  );
}

/** The last words on what grading reads, from the lead's items (in order of their keys) but one. */
export function wordsFrom(
  items: Iterable<readonly [string, unknown]>,
  scoring: Scoring,
  now: number,
  without?: string,
): readonly Word[] {
  const { grading } = scoring;
  if (grading === undefined) return NO_WORDS;
  let words = NO_WORDS;
  for (const [key, value] of items) {
    if (key === without) continue;
    const kept = value as Kept;
    if (kept[15]?.email === undefined && kept[15]?.traits === undefined) continue;
    const activity = activityOf(kept);
    if (scoring.excludes(activity) === undefined) words = withWords(words, wordsOf(activity, key, grading), now);
  }
  return words;
}

/** What is known of the person at a time. A trait whose last word is null is not known any more. */
export function profileAt(words: readonly Word[], at: number): Profile {
  let email = '';
  const traits = new Map<string, unknown>();
  for (const [trait, value, key] of words) {
    if (timeIn(key) > at) continue;
    if (trait === null) email = String(value);
    else if (value === null) traits.delete(trait);
    else traits.set(trait, value);
  }
  return { email, traits: Object.fromEntries(traits) };
}

/** A profile's points, grade and reasons. */
export function fitOf(profile: Profile, { rules, grades }: Grading): Fit {
  const reasons = rules.filter(({ matches }) => matches(profile)).map(reasonOf);
  const points = reasons.reduce((sum, reason) => sum + reason.points, 0);
  return { points, grade: grades.find(({ atLeast }) => points >= atLeast)?.grade ?? 'F', reasons };
}

function reasonOf({ id, points, disqualifies }: FitRule): FitReason {
  return { rule: id, points, disqualifies: disqualifies ?? null };
}

function objectIn(text: string): { readonly [name: string]: unknown } {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as { readonly [name: string]: unknown }) : {};
  } catch {
    return {};
  }
}
