import type { TableReader } from '#lib/flow/store';
import { endOf } from '#lib/flow/table';
import type { Model } from '#lib/model/model';
import type { Activity } from '#schemas/generated/records';
import { type LeadProfile, withWords, wordsFrom, wordsOf } from '#services/score/profile';
import type { LeadScore } from '#services/score/state';

/** A lead's profile under the model in force: read from its items anew if it is another model's. */
export function profileOf(
  { profile, kept }: LeadScore,
  model: Model | undefined,
  items: TableReader,
  now: number,
): LeadProfile | undefined {
  if (model?.scoring.grading === undefined) return undefined;
  if (profile?.model_version === model.version) return profile;
  const words = kept === 0 ? [] : wordsFrom(items.range('', endOf('')), model.scoring, now);
  return { model_version: model.version, words };
}

/** The profile with what an activity says; `key` is its item's. */
export function heard(
  profile: LeadProfile | undefined,
  activity: Activity,
  key: string,
  { scoring }: Model,
  now: number,
): LeadProfile | undefined {
  if (profile === undefined || scoring.grading === undefined) return profile;
  const words = withWords(profile.words, wordsOf(activity, key, scoring.grading), now);
  return words === profile.words ? profile : { ...profile, words };
}

/** The profile without what the activity of an item said: what was said before it holds again. */
export function unheard(
  profile: LeadProfile | undefined,
  key: string,
  model: Model | undefined,
  items: TableReader,
  now: number,
): LeadProfile | undefined {
  if (model === undefined || profile?.words.some(([, , from]) => from === key) !== true) return profile;
  return { ...profile, words: wordsFrom(items.range('', endOf('')), model.scoring, now, key) };
}
