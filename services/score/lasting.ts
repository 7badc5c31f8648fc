import { isLasting, isOfFirst } from '#lib/facts/words';
import type { TableReader } from '#lib/flow/store';
import { compareKeys, endOf } from '#lib/flow/table';
import { isOf, type Kept, wordsIn } from '#services/score/kept';

/** An item of a lead: its key in the table, and what is kept under it. */
export interface Item {
  readonly key: string;
  readonly kept: Kept;
}

/**
 * Whether an item says a lasting fact that no other item of its identifier says later (of first words, earlier). Such an item
 * stays beyond the bounds. Looks no further than it must: most words are said again soon.
 */
export function hasLastWord({ key, kept }: Item, items: TableReader, identifier: string): boolean {
  const facts = wordsIn(kept)
    .map(({ fact }) => fact)
    .filter(isLasting);
  const last = facts.filter((fact) => !isOfFirst(fact));
  const first = facts.filter(isOfFirst);
  return (
    isAnyUnsaid(last, items.range(`${key}\u0000`, endOf('')), identifier) ||
    isAnyUnsaid(first, items.range('', key), identifier)
  );
}

/** Whether one of some facts is said by none of these items that are an identifier's. */
function isAnyUnsaid(
  facts: readonly string[],
  items: Iterable<readonly [string, unknown]>,
  identifier: string,
): boolean {
  if (facts.length === 0) return false;
  const unsaid = new Set(facts);
  for (const [, value] of items) {
    const kept = value as Kept;
    if (!isOf(kept, identifier)) continue;
    for (const { fact } of wordsIn(kept)) unsaid.delete(fact);
    if (unsaid.size === 0) return false;
  }
  return true;
}

/** A lead's items with one more. */
export class ItemsWith implements TableReader {
  constructor(
    private readonly items: TableReader,
    private readonly more: Item,
  ) {}

  get(key: string): unknown {
    return key === this.more.key ? this.more.kept : this.items.get(key);
  }

  *range(from: string, to: string): Iterable<readonly [string, unknown]> {
    const { key, kept } = this.more;
    let isDue = compareKeys(from, key) <= 0 && compareKeys(key, to) < 0;
    for (const entry of this.items.range(from, to)) {
      if (isDue && compareKeys(key, entry[0]) < 0) {
        yield [key, kept];
        isDue = false;
      }
      yield entry;
    }
    if (isDue) yield [key, kept];
  }
}
