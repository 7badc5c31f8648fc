import { type HeldWord, type HeldWords, withinBounds } from '#lib/facts/held-bounds';
import { type Address, isOfFirst, type WordValue } from '#lib/facts/words';
import { compareKeys, timeIn } from '#lib/flow/table';

export type { HeldWord, HeldWords } from '#lib/facts/held-bounds';

export const NO_WORDS: HeldWords = [];

/**
 * The words with more of them. Of each fact that word is kept which counts at `now` (ms), and those ahead of it; of each kind
 * the newest hundred, beside what concerns the lead's `own` addresses. The same list if nothing changed.
 */
export function withWords(
  words: HeldWords,
  more: readonly HeldWord[],
  now: number,
  own: readonly string[] = [],
): HeldWords {
  return hear(words, more, now, own).words;
}

/** What is held once more words are heard. */
export interface Heard {
  readonly words: HeldWords;
  /** Nothing but what was known is said: no fact of the lead can differ. False also where that is not sure. */
  readonly repeats: boolean;
}

/** As `withWords`, and whether the words only repeat what was known, as most do. */
export function hear(words: HeldWords, more: readonly HeldWord[], now: number, own: readonly string[]): Heard {
  let all: HeldWord[] | undefined;
  let repeats = true;
  for (const word of more) {
    const said = all ?? words;
    const place = onlyPlaceOf(said, word[0]);
    const held = said[place];
    const replaces = held !== undefined && (isOfFirst(word[0]) || (hasCome(held, now) && hasCome(word, now)));
    if (replaces ? !supersedes(word, held) : !isNews(said, word, now)) continue;
    repeats &&= replaces && hasCome(held, now) && saysSame(held, word, said, own);
    all ??= words.slice();
    if (replaces) all[place] = word;
    else insert(all, word, now);
  }
  return all === undefined ? { words, repeats } : { words: withinBounds(all, now, own), repeats };
}

/** The words without those of one activity, and the facts that have lost one. */
export function withoutActivity(
  words: HeldWords,
  key: string,
): { readonly left: HeldWords; readonly lost: ReadonlySet<string> } {
  const lost = new Set<string>();
  for (const [fact, , of] of words) if (of === key) lost.add(fact);
  return { left: lost.size === 0 ? words : words.filter(([, , of]) => of !== key), lost };
}

/** The next time after `now` at which a word begins to count, ms; undefined: none lies ahead. */
export function nextWord(words: HeldWords, now: number): number | undefined {
  let next: number | undefined;
  for (const [, , key] of words) {
    const at = timeIn(key);
    if (at > now && (next === undefined || at < next)) next = at;
  }
  return next;
}

/** Whether a later word on the same fact leaves all as it was. */
function saysSame(held: HeldWord, word: HeldWord, said: readonly HeldWord[], own: readonly string[]): boolean {
  const [fact, value] = word;
  if (!isSameValue(held[1], value)) return false;
  if (fact.startsWith('trait:') || UNTIMED.has(fact)) return true;
  // Which address was named last counts with several of them, and where some are the company's own.
  return isNaming(fact) && own.length <= 1 && !said.some(isOfStaff);
}

/** Of what they say the time plays no part. */
const UNTIMED: ReadonlySet<string> = new Set(['user', 'device', 'first_touch', 'last_touch']);

function isOfStaff([fact, value]: HeldWord): boolean {
  return isNaming(fact) && (value as Address)[1];
}

function isNaming(fact: string): boolean {
  return fact.startsWith('named:') || fact.startsWith('reported:');
}

function isSameValue(a: WordValue, b: WordValue): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  if (!Array.isArray(a) || !Array.isArray(b)) return JSON.stringify(a) === JSON.stringify(b);
  return a.length === b.length && a.every((one: WordValue, place) => isSameValue(one, b[place] as WordValue));
}

/** Whether a word changes what is held: most repeat what is known. */
function isNews(words: HeldWords, [fact, , key]: HeldWord, now: number): boolean {
  const first = isOfFirst(fact);
  for (const [other, , of] of words) {
    if (other !== fact) continue;
    const order = compareKeys(of, key);
    if (first ? order <= 0 : order === 0 || (order > 0 && timeIn(of) <= now)) return false;
  }
  return true;
}

/** Of two words on a fact that both count: the later one, or the earlier where the first counts. */
function supersedes([fact, , key]: HeldWord, [, , held]: HeldWord): boolean {
  const order = compareKeys(held, key);
  return isOfFirst(fact) ? order > 0 : order < 0;
}

/** Puts a word in the place of one that it supersedes, else at the end. */
function insert(words: HeldWord[], word: HeldWord, now: number): void {
  const [fact] = word;
  const same = [word, ...words.filter(([other]) => other === fact)];
  const counting = isOfFirst(fact) ? same : same.filter(([, , key]) => timeIn(key) <= now);
  const held = isOfFirst(fact) ? earliest(counting) : latest(counting);
  const superseded = new Set(counting.filter((one) => one !== held));
  const place = words.findIndex((one) => superseded.has(one));
  if (place < 0) words.push(word);
  else words[place] = word;
  for (let i = words.length - 1; i >= 0; i--) {
    const one = words[i];
    if (one !== undefined && one !== word && superseded.has(one)) words.splice(i, 1);
  }
}

/** -1: there is none, or more than one. */
function onlyPlaceOf(words: readonly HeldWord[], fact: string): number {
  let only = -1;
  for (let place = 0; place < words.length; place++) {
    if (words[place]?.[0] !== fact) continue;
    if (only >= 0) return -1;
    only = place;
  }
  return only;
}

function hasCome(word: HeldWord, now: number): boolean {
  return timeIn(word[2]) <= now;
}

function latest(words: readonly HeldWord[]): HeldWord | undefined {
  return words.reduce<HeldWord | undefined>(
    (last, one) => (last === undefined || compareKeys(one[2], last[2]) > 0 ? one : last),
    undefined,
  );
}

function earliest(words: readonly HeldWord[]): HeldWord | undefined {
  return words.reduce<HeldWord | undefined>(
    (first, one) => (first === undefined || compareKeys(one[2], first[2]) < 0 ? one : first),
    undefined,
  );
}
