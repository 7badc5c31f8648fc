import type { TableReader } from '#lib/flow/store';
import { compareKeys, endOf, timeIn } from '#lib/flow/table';
import type { Model } from '#lib/model/model';
import type { Activity, Seen } from '#schemas/generated/records';
import { isExcluded, isHistoric, type Kept, nameOf } from '#services/score/kept';

/** What a lead has done, by the keys of its items: the first and the last activities that count, and the last of its own accord. */
export interface SeenKeys {
  readonly activities: number;
  /**
   * The first ones, in order, at most FIRST of them; empty only if there are none. A history moves to another lead from its
   * beginning on, and to look for the next one each time opens a cursor of the store.
   */
  readonly first: readonly string[];
  readonly last: string;
  readonly own: string;
  readonly ownHistoric: boolean;
  /** Version of the model that says what is of its own accord. */
  readonly by: string;
}

const FIRST = 8;

export const NEVER_SEEN: SeenKeys = { activities: 0, first: [], last: '', own: '', ownHistoric: false, by: '' };

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
    first: withFirst(first, key, activities),
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
    first: withoutFirst(seen.first, key, items),
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
    first_at: first[0] === undefined ? null : timeIn(first[0]),
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

/** `activities`: how many there are without it. */
function withFirst(first: readonly string[], key: string, activities: number): readonly string[] {
  const last = first.at(-1);
  const isBehind = last !== undefined && compareKeys(last, key) < 0;
  if (isBehind && (first.length === FIRST || first.length < activities)) return first;
  const place = first.findLastIndex((other) => compareKeys(other, key) < 0) + 1;
  return first.toSpliced(place, 0, key).slice(0, FIRST);
}

function withoutFirst(first: readonly string[], key: string, items: TableReader): readonly string[] {
  if (!first.includes(key)) return first;
  const left = first.filter((other) => other !== key);
  if (left.length > 0) return left;
  const next: string[] = [];
  for (const [other, value] of items.range(`${key}\u0000`, endOf(''))) {
    if (counts(value as Kept)) next.push(other);
    if (next.length === FIRST) break;
  }
  return next;
}

function lastBefore(items: TableReader, end: string, isAsked: (kept: Kept) => boolean): [key: string, kept?: Kept] {
  for (const [key, value] of items.reverseRange('', end)) if (isAsked(value as Kept)) return [key, value as Kept];
  return [''];
}
