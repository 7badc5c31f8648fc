import { clip } from '#lib/flow/clip';

/** What one counter counts: leads of a source in a stage, activities of a name, or those with a trait; all by day since 1970-01-01 UTC. */
export type Bucket =
  | { readonly kind: 'stage'; readonly day: number; readonly stage: string; readonly source: string }
  | { readonly kind: 'activity'; readonly day: number; readonly name: string }
  | { readonly kind: 'trait'; readonly day: number; readonly trait: string };

const STAGE = /^stage (\S+) (\S+) (.*)$/s;
const ACTIVITY = /^activity (\S+) (.*)$/s;
const TRAIT = /^trait (\S+) (.*)$/s;

/** Longer texts of publishers count as their beginning: a key of the store has at most 1978 bytes, 3 for a code unit. */
const LONGEST = 200;

/** A stage's name is an identifier; sources and names of activities may be any text. */
export function stageBucket(day: number, stage: string, source: string): string {
  return `stage ${day} ${stage} ${clip(source, LONGEST)}`;
}

export function activityBucket(day: number, name: string): string {
  return `activity ${day} ${clip(name, LONGEST)}`;
}

export function traitBucket(day: number, trait: string): string {
  return `trait ${day} ${clip(trait, LONGEST)}`;
}

/** The bucket that a text of the functions above stands for. */
export function bucketIn(text: string): Bucket {
  const activity = ACTIVITY.exec(text);
  if (activity !== null) {
    const [, day, name = ''] = activity;
    return { kind: 'activity', day: Number(day), name };
  }
  const bears = TRAIT.exec(text);
  if (bears !== null) {
    const [, day, trait = ''] = bears;
    return { kind: 'trait', day: Number(day), trait };
  }
  const [, day, stage = '', source = ''] = STAGE.exec(text) ?? [];
  return { kind: 'stage', day: Number(day), stage, source };
}
