import { LRUCache } from 'lru-cache';
import type { OpenStore, Store, TableReader } from '#lib/flow/store';
import { Overlay } from '#lib/flow/table';
import { checkKey } from '#lib/store/key';
import { positionsText, storeConflict } from '#lib/store/positions';

export interface WriteBehindOptions {
  /** Writes wait in memory until there are so many. A crash loses them; they are then folded from the log again. */
  readonly waiting: number;
  /** Values read from below that are kept at hand. */
  readonly cached: number;
}

/** Stores that gather several commits before they write: a lead that many records concern is written once. */
export function writeBehindStores(open: OpenStore, options: WriteBehindOptions): OpenStore {
  return async (task) => writeBehind(await open(task), options);
}

export function writeBehind(store: Store, { waiting, cached }: WriteBehindOptions): Store {
  const values = new LRUCache<string, NonNullable<unknown>>({ max: cached });
  const below: TableReader = {
    get(key) {
      const known = values.get(key);
      if (known !== undefined) return known;
      const value = store.get(key);
      if (value !== undefined && value !== null) values.set(key, value);
      return value;
    },
    range: (from, to) => store.range(from, to),
  };
  let pending = new Overlay(below);
  let positions = store.positions();
  /** What the store below holds by our own writes: whoever else writes there is found out. */
  let written = positions;

  async function flush(): Promise<void> {
    if (positions === undefined || positionsText(positions) === positionsText(written)) return;
    const changes = pending.changes();
    await store.commit(changes, positions, written);
    written = positions;
    for (const { key, value } of changes) {
      if (value === undefined || value === null) values.delete(key);
      else if (values.has(key)) values.set(key, value);
    }
    pending = new Overlay(below);
  }

  return {
    get: (key) => pending.get(key),
    range: (from, to) => pending.range(from, to),
    positions: () => positions,
    async commit(changes, to, expected) {
      for (const { key } of changes) checkKey(key);
      if (positionsText(positions) !== positionsText(expected)) throw storeConflict('the store');
      pending.apply(changes);
      positions = to;
      if (pending.size >= waiting) await flush();
    },
    async clear() {
      pending = new Overlay(below);
      values.clear();
      await store.clear();
      positions = undefined;
      written = undefined;
    },
    async close() {
      try {
        await flush();
      } finally {
        await store.close();
      }
    },
  };
}
