import { type LastWords, NO_LAST_WORDS, withSpeaking } from '#lib/facts/last-words';
import { isLasting } from '#lib/facts/words';
import { type Kept, wordsIn } from '#services/score/kept';

/** An item of a lead: its key in the table, and what is kept under it. */
export interface Item {
  readonly key: string;
  readonly kept: Kept;
}

/** By identifier, of what lies beyond its bounds: the keys of the items that are the last words on lasting facts. */
export type Lasting = { readonly [identifier: string]: LastWords };

/** The keys of an identifier's items that last. */
export function lastingKeys(lasting: Lasting | undefined, identifier: string): ReadonlySet<string> {
  const words = lasting?.[identifier];
  return words === undefined ? NO_KEYS : new Set(Object.values(words));
}

const NO_KEYS: ReadonlySet<string> = new Set();

/**
 * The last words of what lies beyond an identifier's bounds with one more item, and the keys of those that are the last word on
 * nothing: that item itself, or others that it supersedes. Nothing that counts is read, so it costs what the item says.
 */
export function withItem(
  lasting: Lasting | undefined,
  identifier: string,
  { key, kept }: Item,
): { readonly after: Lasting | undefined; readonly superseded: readonly string[] } {
  const facts = wordsIn(kept).flatMap(({ fact }) => (isLasting(fact) ? [fact] : []));
  if (facts.length === 0) return { after: lasting, superseded: [key] };
  const before = lasting?.[identifier] ?? NO_LAST_WORDS;
  const words = withSpeaking(before, [{ place: key, facts }]);
  const still = new Set(Object.values(words));
  const were = new Set([...Object.values(before), key]);
  return { after: { ...lasting, [identifier]: words }, superseded: [...were].filter((one) => !still.has(one)) };
}

/** The last words without an item that went away: what it said was let go of others. */
export function withoutItem(lasting: Lasting, identifier: string, key: string): Lasting | undefined {
  const { [identifier]: own = NO_LAST_WORDS, ...others } = lasting;
  const left = Object.entries(own).filter(([, place]) => place !== key);
  if (left.length > 0) return { ...others, [identifier]: Object.fromEntries(left) };
  return Object.keys(others).length === 0 ? undefined : others;
}
