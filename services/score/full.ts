import type { TableReader } from '#lib/flow/store';
import { compareKeys, endOf } from '#lib/flow/table';
import { type Identity, identityOf, type Kept } from '#services/score/kept';
import type { KeptOf } from '#services/score/state';

/** Activities kept of an identifier, the newest by occurred_at and event. */
export const KEPT = 10_000;

/** One of a lead's items. */
export interface Item extends Identity {
  readonly key: string;
}

/** How many are kept of each identifier of a lead. */
export function countKept(items: TableReader): readonly KeptOf[] {
  const counts = new Map<string, KeptOf>();
  for (const [key, value] of items.range('', endOf(''))) {
    const [identifier, count, from] = counts.get((value as Kept)[14]) ?? [(value as Kept)[14], 0, key];
    counts.set(identifier, [identifier, count + 1, from]);
  }
  return [...counts.values()];
}

export function keptOf(full: readonly KeptOf[], identifier: string): KeptOf {
  return full.find(([name]) => name === identifier) ?? [identifier, 0, ''];
}

/** The counts with one more, or one fewer, of an identifier. */
export function counted(full: readonly KeptOf[], identifier: string, by: 1 | -1, key: string): readonly KeptOf[] {
  const [, count, from] = keptOf(full, identifier);
  const others = full.filter(([name]) => name !== identifier);
  const first = by === 1 && (count === 0 || compareKeys(key, from) < 0) ? key : from;
  return count + by <= 0 ? others : [...others, [identifier, count + by, first]];
}

/** The oldest item from a key on, of an identifier or (undefined) of all. */
export function oldestOf(items: TableReader, from = '', identifier?: string): Item | undefined {
  for (const [key, value] of items.range(from, endOf(''))) {
    const kept = value as Kept;
    if (identifier === undefined || kept[14] === identifier) return { key, ...identityOf(kept) };
  }
  return undefined;
}

/** The counts after the oldest of an identifier gave its place to a newer one. */
export function movedUp(full: readonly KeptOf[], identifier: string, from: string): readonly KeptOf[] {
  return full.map((one) => (one[0] === identifier ? [identifier, one[1], from] : one));
}
