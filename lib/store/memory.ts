import type { InputPosition } from '#lib/flow/position';
import type { Store } from '#lib/flow/store';
import { checkKey } from '#lib/store/key';
import { positionsText, storeConflict } from '#lib/store/positions';
import { createSortedTable } from '#lib/store/sorted';

/** A store that lives as long as its process: for tests and for folding in memory. Values are kept as they are given. */
export function createMemoryStore(): Store {
  let table = createSortedTable();
  let stored: readonly InputPosition[] | undefined;
  return {
    get: (key) => table.get(key),
    range: (from, to) => table.range(from, to),
    reverseRange: (from, to) => table.reverseRange(from, to),
    positions: () => stored,
    async commit(changes, positions, expected) {
      for (const { key } of changes) checkKey(key);
      if (positionsText(stored) !== positionsText(expected)) throw storeConflict('the store in memory');
      for (const { key, value } of changes) {
        if (value === undefined) table.delete(key);
        else table.set(key, value);
      }
      stored = positions;
    },
    async clear() {
      table = createSortedTable();
      stored = undefined;
    },
    async close() {},
  };
}
