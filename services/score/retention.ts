import { type HeldWord, type HeldWords, NO_WORDS, withWords } from '#lib/facts/held-words';
import type { Change, TableReader } from '#lib/flow/store';
import { compareKeys, endOf } from '#lib/flow/table';
import { type Identity, identityOf, isOf, type Kept, strongestOf, wordsIn } from '#services/score/kept';
import { type Item, type Lasting, lastingKeys, withItem, withoutItem } from '#services/score/lasting';

/** Activities kept of an identifier unless told otherwise: the newest by occurred_at and event id. */
export const KEPT = 10_000;

/** What is kept of a lead's activities as items. */
export interface Retention {
  /** How many, without those that last. */
  readonly kept: number;
  /** So many of each identifier; only of a lead that has as many as are kept of one. */
  readonly full?: readonly KeptOf[];
  /** Items that stay beyond the bounds, for they are an identifier's last words there on lasting facts. They score nothing. */
  readonly lasting?: Lasting;
  /** Opt-outs, complaints and bounces that were let go: they count for the lead also when a later one moves away. */
  readonly closed?: HeldWords;
}

/** What is kept of an identifier: how many, and a key of items before which there is none of it. */
export type KeptOf = readonly [identifier: string, count: number, from: string];

/** What keeping an activity comes to. */
export interface Retained {
  /** among the newest: it counts; lasting: only its words do; let_go: it is too old for both. */
  readonly as: 'counting' | 'lasting' | 'let_go';
  readonly retention: Retention;
  readonly items: readonly Change[];
  /** The activity whose place it takes: it no longer counts. */
  readonly replaced?: Identity;
}

/** Keeps an activity among the `most` newest of its identifier. */
export function retain(state: Retention, added: Item, items: TableReader, most: number): Retained {
  const put: Change = { key: added.key, value: added.kept };
  const identifier = strongestOf(added.kept);
  if (state.kept < most) return { as: 'counting', retention: retentionOf(state, state.kept + 1), items: [put] };
  const full = state.full ?? countKept(items, state);
  const [, count, from] = keptOf(full, identifier);
  if (count < most) {
    const retention = { ...retentionOf(state), kept: state.kept + 1, full: counted(full, identifier, 1, added.key) };
    return { as: 'counting', retention, items: [put] };
  }
  const oldest = oldestOf(items, from, identifier, state);
  if (oldest === undefined || compareKeys(oldest.key, added.key) > 0) {
    const { retention, gone } = leaveOut({ ...retentionOf(state), full }, added, items);
    if (gone.includes(added.key)) return { as: 'let_go', retention, items: [] };
    return { as: 'lasting', retention, items: [put, ...deleted(gone)] };
  }
  const moved = { ...retentionOf(state), full: movedUp(full, identifier, oldest.key) };
  const { retention, gone } = leaveOut(moved, oldest, items);
  return { as: 'counting', retention, items: [put, ...deleted(gone)], replaced: identityOf(oldest.kept) };
}

/** Without the activity of an item that has moved out. */
export function release(
  state: Retention,
  key: string,
  kept: Kept | undefined,
  items: TableReader,
  most: number,
): Retention {
  const retention = retentionOf(state);
  if (kept === undefined) return retention;
  const identifier = strongestOf(kept);
  const { lasting, ...counting } = retention;
  if (lasting !== undefined && lastingKeys(lasting, identifier).has(key)) {
    const left = withoutItem(lasting, identifier, key);
    return left === undefined ? counting : { ...counting, lasting: left };
  }
  const left = Math.max(0, state.kept - 1);
  if (left < most) {
    const { full: _full, ...rest } = retention;
    return { ...rest, kept: left };
  }
  return { ...retention, kept: left, full: counted(state.full ?? countKept(items, state), identifier, -1, key) };
}

/** Lets go of all items of a lead. */
export function forgetAll(items: TableReader): readonly Change[] {
  return Array.from(items.range('', endOf('')), ([key]) => ({ key, value: undefined }));
}

function retentionOf({ full, lasting, closed, kept: before }: Retention, kept = before): Retention {
  if (full === undefined && lasting === undefined && closed === undefined) return { kept };
  return {
    kept,
    ...(full === undefined ? {} : { full }),
    ...(lasting === undefined ? {} : { lasting }),
    ...(closed === undefined ? {} : { closed }),
  };
}

/** Leaves an item out of an identifier's bounds: it stays if it is a last word there. `gone`: keys of those that don't, by now. */
function leaveOut(state: Retention, item: Item, items: TableReader) {
  const { after, superseded: gone } = withItem(state.lasting, strongestOf(item.kept), item);
  const closing: HeldWord[] = [];
  for (const key of gone) {
    const kept = key === item.key ? item.kept : (items.get(key) as Kept | undefined);
    for (const { fact, value } of kept === undefined ? [] : wordsIn(kept)) {
      if (CLOSING.test(fact)) closing.push([fact, value, key]);
    }
  }
  const closed = withWords(state.closed ?? NO_WORDS, closing, Number.POSITIVE_INFINITY);
  const retention: Retention = {
    ...state,
    ...(after === undefined ? {} : { lasting: after }),
    ...(closed.length === 0 ? {} : { closed }),
  };
  return { retention, gone };
}

const CLOSING = /^(?:out|complained|bounced):/;

function deleted(keys: readonly string[]): readonly Change[] {
  return keys.map((key) => ({ key, value: undefined }));
}

/** How many are kept of each identifier of a lead. */
function countKept(items: TableReader, { lasting }: Retention): readonly KeptOf[] {
  const counts = new Map<string, KeptOf>();
  const keys = new Set(Object.values(lasting ?? {}).flatMap((words) => Object.values(words)));
  for (const [key, value] of items.range('', endOf(''))) {
    if (keys.has(key)) continue;
    const name = strongestOf(value as Kept);
    const [identifier, count, from] = counts.get(name) ?? [name, 0, key];
    counts.set(identifier, [identifier, count + 1, from]);
  }
  return [...counts.values()];
}

function keptOf(full: readonly KeptOf[], identifier: string): KeptOf {
  return full.find(([name]) => name === identifier) ?? [identifier, 0, ''];
}

/** The counts with one more, or one fewer, of an identifier. */
function counted(full: readonly KeptOf[], identifier: string, by: 1 | -1, key: string): readonly KeptOf[] {
  const [, count, from] = keptOf(full, identifier);
  const others = full.filter(([name]) => name !== identifier);
  const first = by === 1 && (count === 0 || compareKeys(key, from) < 0) ? key : from;
  return count + by <= 0 ? others : [...others, [identifier, count + by, first]];
}

/** The oldest item of an identifier that counts, from a key on. */
function oldestOf(items: TableReader, from: string, identifier: string, { lasting }: Retention): Item | undefined {
  const keys = lastingKeys(lasting, identifier);
  for (const [key, value] of items.range(from, endOf(''))) {
    const kept = value as Kept;
    if (isOf(kept, identifier) && !keys.has(key)) return { key, kept };
  }
  return undefined;
}

/** The counts after the oldest of an identifier gave its place to a newer one. */
function movedUp(full: readonly KeptOf[], identifier: string, from: string): readonly KeptOf[] {
  return full.map((one) => (one[0] === identifier ? [identifier, one[1], from] : one));
}
