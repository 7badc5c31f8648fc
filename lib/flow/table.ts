import { SortedKeys } from '#lib/flow/sorted-keys';
import type { Change, TableReader } from '#lib/flow/store';

/**
 * Keys are `group:rest`. A range within a group whose name has a dot (one lead's items, one device's history) is cheap
 * also while a batch is under way; folds and deciders keep to that.
 */
function groupOf(key: string): string {
  return key.slice(0, key.indexOf(':') + 1);
}

function isIndexed(group: string): boolean {
  return group.includes('.');
}

/** Every key that starts with `prefix` lies in [prefix, endOf(prefix)). */
export function endOf(prefix: string): string {
  return `${prefix}\u{10ffff}`;
}

/** Characters of a time in a key. */
export const TIME_LENGTH = 15;

/** A time as part of a key: sorts as the number does. ms since 1970, from 0 on. */
export function timeKey(ms: number): string {
  // The years from 2001 to 2286, at once.
  if (ms >= 1e12 && ms < 1e13) return `00${ms}`;
  return String(Math.max(0, ms)).padStart(TIME_LENGTH, '0');
}

/** The time that a text begins with, as timeKey wrote it: ms since 1970. */
export function timeIn(text: string): number {
  let time = 0;
  for (let place = 0; place < TIME_LENGTH; place++) time = 10 * time + text.charCodeAt(place) - ZERO;
  return time;
}

const ZERO = '0'.charCodeAt(0);

/** Order of the keys' UTF-8 bytes, which is the order of their code points (and not that of UTF-16 units). */
export function compareKeys(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

/** Surrogates stand for code points above all others. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/** Stands for a key that was deleted over a base that may have it. */
const DELETED = Symbol('deleted');

/** A table in memory: what a batch adds to a store before it is committed, or the whole state of a test or a verification. */
export class Overlay implements TableReader {
  readonly #base: TableReader | undefined;
  readonly #written = new Map<string, unknown>();
  /** Written keys by group, for ranges; those of #fresh are not in it yet. */
  readonly #groups = new Map<string, SortedKeys>();
  #fresh: string[] = [];

  constructor(base?: TableReader) {
    this.#base = base;
  }

  get(key: string): unknown {
    const written = this.#written.get(key);
    if (written !== undefined) return written === DELETED ? undefined : written;
    return this.#base?.get(key);
  }

  /** An undefined value deletes the key. */
  put(key: string, value: unknown): void {
    if (value === undefined && this.#base === undefined) {
      if (this.#written.delete(key)) this.#groups.get(groupOf(key))?.delete(key);
      return;
    }
    const before = this.#written.size;
    this.#written.set(key, value === undefined ? DELETED : value);
    if (this.#written.size > before) this.#fresh.push(key);
  }

  apply(changes: readonly Change[]): void {
    for (const { key, value } of changes) this.put(key, value);
  }

  range(from: string, to: string): Iterable<readonly [string, unknown]> {
    return this.#merged(this.#keysWithin(from, to), this.#base?.range(from, to) ?? [], compareKeys);
  }

  reverseRange(from: string, to: string): Iterable<readonly [string, unknown]> {
    const base = this.#base?.reverseRange(from, to) ?? [];
    return this.#merged(this.#keysWithin(from, to).reverse(), base, (a, b) => compareKeys(b, a));
  }

  /** What was written among what lies below, both in the same order. */
  *#merged(
    ours: readonly string[],
    base: Iterable<readonly [string, unknown]>,
    compare: (a: string, b: string) => number,
  ): Iterable<readonly [string, unknown]> {
    let next = 0;
    for (const entry of base) {
      while (next < ours.length && compare(ours[next] ?? '', entry[0]) < 0) yield* this.#present(ours[next++]);
      if (next < ours.length && ours[next] === entry[0]) yield* this.#present(ours[next++]);
      else yield entry;
    }
    while (next < ours.length) yield* this.#present(ours[next++]);
  }

  /** All writes, each key once, in no order. */
  changes(): Change[] {
    const changes: Change[] = [];
    this.#written.forEach((value, key) => {
      changes.push({ key, value: value === DELETED ? undefined : value });
    });
    return changes;
  }

  get size(): number {
    return this.#written.size;
  }

  /** Forgets all writes: the base has them. */
  clear(): void {
    this.#written.clear();
    this.#groups.clear();
    this.#fresh = [];
  }

  #keysWithin(from: string, to: string): string[] {
    const group = groupOf(from);
    if (isIndexed(group) && group === groupOf(to)) return this.#keysOf(group)?.within(from, to) ?? [];
    const within: string[] = [];
    for (const key of this.#written.keys())
      if (compareKeys(key, from) >= 0 && compareKeys(key, to) < 0) within.push(key);
    return within.sort(compareKeys);
  }

  #keysOf(group: string): SortedKeys | undefined {
    for (const key of this.#fresh) {
      const own = groupOf(key);
      if (!isIndexed(own) || !this.#written.has(key)) continue;
      const keys = this.#groups.get(own) ?? new SortedKeys(compareKeys);
      this.#groups.set(own, keys);
      keys.add(key);
    }
    this.#fresh = [];
    return this.#groups.get(group);
  }

  *#present(key: string | undefined): Iterable<readonly [string, unknown]> {
    if (key === undefined) return;
    const value = this.#written.get(key);
    if (value !== undefined && value !== DELETED) yield [key, value];
  }
}

/** A part of a table, its keys relative to a prefix: a lead's items. */
export class Scoped implements TableReader {
  constructor(
    private readonly table: TableReader,
    private readonly prefix: string,
  ) {}

  get(key: string): unknown {
    return this.table.get(this.prefix + key);
  }

  range(from: string, to: string): Iterable<readonly [string, unknown]> {
    return this.#within(this.table.range(this.prefix + from, this.prefix + to));
  }

  reverseRange(from: string, to: string): Iterable<readonly [string, unknown]> {
    return this.#within(this.table.reverseRange(this.prefix + from, this.prefix + to));
  }

  *#within(entries: Iterable<readonly [string, unknown]>): Iterable<readonly [string, unknown]> {
    for (const [key, value] of entries) yield [key.slice(this.prefix.length), value];
  }
}
