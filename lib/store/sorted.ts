import { compareKeys } from '#lib/flow/table';

/** A sorted table in memory. Adding a key costs about the square root of their number. */
export interface SortedTable {
  get(key: string): unknown;
  set(key: string, value: unknown): void;
  delete(key: string): void;
  range(from: string, to: string): Iterable<readonly [key: string, value: unknown]>;
  /** The same, the last first. */
  reverseRange(from: string, to: string): Iterable<readonly [key: string, value: unknown]>;
}

const BLOCK = 1024;

export function createSortedTable(): SortedTable {
  const values = new Map<string, unknown>();
  /** Keys in order, in blocks of at most BLOCK, none of them empty. */
  const blocks: string[][] = [];

  /** First block whose last key is not before `key`. */
  const blockOf = (key: string): number => firstAtLeast(blocks, (block) => compareKeys(block.at(-1) ?? '', key) >= 0);

  const insert = (key: string): void => {
    const at = Math.min(blockOf(key), blocks.length - 1);
    const block = blocks[at];
    if (block === undefined) {
      blocks.push([key]);
      return;
    }
    block.splice(placeOf(block, key), 0, key);
    if (block.length > BLOCK) blocks.splice(at + 1, 0, block.splice(BLOCK / 2));
  };

  return {
    get: (key) => values.get(key),
    set(key, value) {
      if (!values.has(key)) insert(key);
      values.set(key, value);
    },
    delete(key) {
      if (!values.delete(key)) return;
      const at = blockOf(key);
      const block = blocks[at];
      if (block === undefined) return;
      block.splice(placeOf(block, key), 1);
      if (block.length === 0) blocks.splice(at, 1);
    },
    *range(from, to) {
      const first = blockOf(from);
      let index = placeOf(blocks[first] ?? [], from);
      for (const block of blocks.slice(first)) {
        for (const key of block.slice(index)) {
          if (compareKeys(key, to) >= 0) return;
          yield [key, values.get(key)];
        }
        index = 0;
      }
    },
    *reverseRange(from, to) {
      const last = Math.min(blockOf(to), blocks.length - 1);
      let index = placeOf(blocks[last] ?? [], to);
      for (const block of blocks.slice(0, last + 1).reverse()) {
        for (const key of block.slice(0, index).reverse()) {
          if (compareKeys(key, from) < 0) return;
          yield [key, values.get(key)];
        }
        index = Number.POSITIVE_INFINITY;
      }
    },
  };
}

function placeOf(block: readonly string[], key: string): number {
  return firstAtLeast(block, (other) => compareKeys(other, key) >= 0);
}

/** Index of the first item that `reached` holds for; it holds for all items after it. */
function firstAtLeast<Item>(items: readonly Item[], reached: (item: Item) => boolean): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = items[middle];
    if (item !== undefined && reached(item)) high = middle;
    else low = middle + 1;
  }
  return low;
}
