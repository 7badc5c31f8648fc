import type { TableReader } from '#lib/flow/store';
import { compareKeys, endOf, timeIn } from '#lib/flow/table';
import type { Model } from '#lib/model/model';
import type { Activity, Seen } from '#schemas/generated/records';
import { isExcluded, isHistoric, type Kept, nameOf } from '#services/score/kept';

/** What a lead has done, by the keys of its items: the first and the last activity that counts, and the last of its own accord. */
export interface SeenKeys {
  readonly activities: number;
  readonly first: string;
  readonly last: string;
  readonly own: string;
  readonly ownHistoric: boolean;
  /** Version of the model that says what is of its own accord. */
  readonly by: string;
}

export const NEVER_SEEN: SeenKeys = { activities: 0, first: '', last: '', own: '', ownHistoric: false, by: '' };

/** With an activity that counts. */
export function seenAfter(
  { activities, first, last, own, ownHistoric, by }: SeenKeys,
  { name, historic }: Activity,
  key: string,
  model: Model | undefined,
): SeenKeys {
  const isLastOwn = model?.stages.isOwn(name) === true && compareKeys(own, key) < 0;
  return {
    activities: activities + 1,
    first: first === '' || compareKeys(key, first) < 0 ? key : first,
    last: compareKeys(last, key) < 0 ? key : last,
    own: isLastOwn ? key : own,
    ownHistoric: isLastOwn ? historic : ownHistoric,
    by,
  };
}

/** Without the activity of an item. */
export function seenWithout(
  seen: SeenKeys,
  key: string,
  kept: Kept,
  model: Model | undefined,
  items: TableReader,
): SeenKeys {
  if (isExcluded(kept)) return seen;
  const left = { ...seen, activities: Math.max(0, seen.activities - 1) };
  return {
    ...left,
    first: seen.first === key ? firstAfter(items, key) : seen.first,
    last: seen.last === key ? lastBefore(items, key, counts)[0] : seen.last,
    ...(seen.own === key ? ownBefore(items, key, model) : {}),
  };
}

/** As the model in force has it: what is of its own accord is read anew under another one. */
export function ownUnder(seen: SeenKeys, model: Model | undefined, items: TableReader): SeenKeys {
  const version = model?.version ?? '';
  if (seen.by === version) return seen;
  return seen.activities === 0
    ? { ...seen, by: version }
    : { ...seen, ...ownBefore(items, endOf(''), model), by: version };
}

export function seenOf({ activities, first, last, own, ownHistoric }: SeenKeys): Seen {
  return {
    activities,
    first_at: first === '' ? null : timeIn(first),
    last_at: last === '' ? null : timeIn(last),
    own_at: own === '' ? null : timeIn(own),
    own_historic: ownHistoric,
  };
}

function ownBefore(items: TableReader, end: string, model: Model | undefined): Pick<SeenKeys, 'own' | 'ownHistoric'> {
  const isOwn = (one: Kept) => counts(one) && model?.stages.isOwn(nameOf(one)) === true;
  const [own, kept] = lastBefore(items, end, isOwn);
  return { own, ownHistoric: kept !== undefined && isHistoric(kept) };
}

function counts(kept: Kept): boolean {
  return !isExcluded(kept);
}

function firstAfter(items: TableReader, key: string): string {
  for (const [next, value] of items.range(`${key}\u0000`, endOf(''))) if (counts(value as Kept)) return next;
  return '';
}

function lastBefore(items: TableReader, end: string, isAsked: (kept: Kept) => boolean): [key: string, kept?: Kept] {
  let last: [string, Kept?] = [''];
  for (const [key, value] of items.range('', end)) if (isAsked(value as Kept)) last = [key, value as Kept];
  return last;
}
