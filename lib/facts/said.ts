import type { HeldWord, HeldWords } from '#lib/facts/held-words';
import { compareKeys, timeIn } from '#lib/flow/table';

/** The words that count at a time, by fact. */
export type Said = ReadonlyMap<string, HeldWord>;

/** When the word on a fact was said, ms; −Infinity: none counts. */
export function timeOf(said: Said, fact: string): number {
  const word = said.get(fact);
  return word === undefined ? Number.NEGATIVE_INFINITY : timeIn(word[2]);
}

/** `at` in ms; Infinity: all that are held. */
export function saidAt(words: HeldWords, at: number): Said {
  const said = new Map<string, HeldWord>();
  for (const word of words) {
    const [fact, , key] = word;
    if (at !== Number.POSITIVE_INFINITY && timeIn(key) > at) continue;
    const other = said.get(fact);
    if (other === undefined || compareKeys(other[2], key) < 0) said.set(fact, word);
  }
  return said;
}
