import { LRUCache } from 'lru-cache';
import type { OpenStore, Store } from '#lib/flow/store';

/** Keeps the values that a task asks for most at hand, as they were committed: at most `entries` of each store. */
export function cachedStores(open: OpenStore, entries: number): OpenStore {
  return async (task) => cachedStore(await open(task), entries);
}

export function cachedStore(store: Store, entries: number): Store {
  const values = new LRUCache<string, NonNullable<unknown>>({ max: entries });
  /** Keys asked for since the last commit that had no value: one that is now written will be asked for again. */
  let missed = new Set<string>();
  return {
    ...store,
    get(key) {
      const known = values.get(key);
      if (known !== undefined) return known;
      const value = store.get(key);
      if (value === undefined || value === null) missed.add(key);
      else values.set(key, value);
      return value;
    },
    async commit(changes, positions, expected) {
      await store.commit(changes, positions, expected);
      for (const { key, value } of changes) {
        if (value === undefined || value === null) values.delete(key);
        else if (missed.has(key) || values.has(key)) values.set(key, value);
      }
      missed = new Set();
    },
    async clear() {
      values.clear();
      missed = new Set();
      await store.clear();
    },
  };
}
