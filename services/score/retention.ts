import { type HeldWord, type HeldWords, NO_WORDS, withWords } from '#lib/facts/held-words';
import type { Change, TableReader } from '#lib/flow/store';
import { compareKeys, endOf } from '#lib/flow/table';
import { type Identity, identityOf, isOf, type Kept, strongestOf, wordsIn } from '#services/score/kept';
import { hasLastWord, type Item, ItemsWith } from '#services/score/lasting';

/** Activities kept of an identifier unless told otherwise: the newest by occurred_at and event id. */
export const KEPT = 10_000;

/** What is kept of a lead's activities as items. */
export interface Retention {
  /** How many, without those that last. */
  readonly kept: number;
  /** So many of each identifier; only of a lead that has as many as are kept of one. */
  readonly full?: readonly KeptOf[];
  /** Items that stay beyond the bounds, for they are an identifier's last word on a lasting fact. They score nothing. */
  readonly lasting?: readonly string[];
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
  if (state.kept < most) {
    return { as: 'counting', ...freed({ ...retentionOf(state), kept: state.kept + 1 }, added, items, [put]) };
  }
  const full = state.full ?? countKept(items, state);
  const [, count, from] = keptOf(full, identifier);
  if (count < most) {
    const retention = { ...retentionOf(state), kept: state.kept + 1, full: counted(full, identifier, 1, added.key) };
    return { as: 'counting', ...freed(retention, added, items, [put]) };
  }
  const oldest = oldestOf(items, from, identifier, state);
  if (oldest === undefined || compareKeys(oldest.key, added.key) > 0) return beyond(state, added, items, [put]);
  const retention = { ...retentionOf(state), full: movedUp(full, identifier, oldest.key) };
  const dropped = letGo(retention, oldest, new ItemsWith(items, added));
  const { retention: after, items: changes } = freed(dropped.retention, added, items, [put, ...dropped.items]);
  return { as: 'counting', retention: after, items: changes, replaced: identityOf(oldest.kept) };
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
  const { lasting = NO_KEYS } = state;
  if (lasting.includes(key))
    return withLasting(
      retention,
      lasting.filter((other) => other !== key),
    );
  const left = Math.max(0, state.kept - 1);
  if (left < most) {
    const { full: _full, ...rest } = retention;
    return { ...rest, kept: left };
  }
  return { ...retention, kept: left, full: counted(state.full ?? countKept(items, state), strongestOf(kept), -1, key) };
}

/** Lets go of all items of a lead. */
export function forgetAll(items: TableReader): readonly Change[] {
  return Array.from(items.range('', endOf('')), ([key]) => ({ key, value: undefined }));
}

const NO_KEYS: readonly string[] = [];

function retentionOf({ kept, full, lasting, closed }: Retention): Retention {
  return {
    kept,
    ...(full === undefined ? {} : { full }),
    ...(lasting === undefined ? {} : { lasting }),
    ...(closed === undefined ? {} : { closed }),
  };
}

function withLasting({ lasting: _before, ...rest }: Retention, lasting: readonly string[]): Retention {
  return lasting.length === 0 ? rest : { ...rest, lasting };
}

/** It is older than all that is kept of its identifier: it stays if it has a last word. */
function beyond(state: Retention, added: Item, items: TableReader, put: readonly Change[]): Retained {
  const { retention, items: changes } = letGo(retentionOf(state), added, items);
  return changes.length === 0
    ? { as: 'lasting', ...freed(retention, added, items, put) }
    : { as: 'let_go', retention, items: [] };
}

/** Takes an item out of those that count: it stays as a lasting one, or is let go. */
function letGo(state: Retention, { key, kept }: Item, items: TableReader) {
  if (hasLastWord({ key, kept }, items, strongestOf(kept))) {
    return { retention: withLasting(state, [...(state.lasting ?? NO_KEYS), key]), items: [] };
  }
  const closing = wordsIn(kept).filter(({ fact }) => CLOSING.test(fact));
  const words = closing.map(({ fact, value }): HeldWord => [fact, value, key]);
  const closed = withWords(state.closed ?? NO_WORDS, words, Number.POSITIVE_INFINITY);
  return {
    retention: closed.length === 0 ? state : { ...state, closed },
    items: [{ key, value: undefined }],
  };
}

const CLOSING = /^(?:out|complained|bounced):/;

/** Lets go of the lasting items that an activity of their identifier has made superfluous. */
function freed(retention: Retention, added: Item, items: TableReader, changes: readonly Change[]) {
  const { lasting } = retention;
  if (lasting === undefined || wordsIn(added.kept).length === 0) return { retention, items: changes };
  const identifier = strongestOf(added.kept);
  const withIt = new ItemsWith(items, added);
  let after = withLasting(retention, NO_KEYS);
  const more: Change[] = [];
  for (const key of lasting) {
    const kept = key === added.key ? added.kept : (items.get(key) as Kept | undefined);
    if (kept === undefined) continue;
    if (key === added.key || !isOf(kept, identifier)) after = withLasting(after, [...(after.lasting ?? NO_KEYS), key]);
    else {
      const left = letGo(after, { key, kept }, withIt);
      after = left.retention;
      more.push(...left.items);
    }
  }
  return { retention: after, items: [...changes, ...more] };
}

/** How many are kept of each identifier of a lead. */
function countKept(items: TableReader, { lasting = NO_KEYS }: Retention): readonly KeptOf[] {
  const counts = new Map<string, KeptOf>();
  for (const [key, value] of items.range('', endOf(''))) {
    if (lasting.includes(key)) continue;
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
function oldestOf(
  items: TableReader,
  from: string,
  identifier: string,
  { lasting = NO_KEYS }: Retention,
): Item | undefined {
  for (const [key, value] of items.range(from, endOf(''))) {
    const kept = value as Kept;
    if (isOf(kept, identifier) && !lasting.includes(key)) return { key, kept };
  }
  return undefined;
}

/** The counts after the oldest of an identifier gave its place to a newer one. */
function movedUp(full: readonly KeptOf[], identifier: string, from: string): readonly KeptOf[] {
  return full.map((one) => (one[0] === identifier ? [identifier, one[1], from] : one));
}
