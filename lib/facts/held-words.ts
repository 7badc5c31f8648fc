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
  let all: HeldWord[] | undefined;
  for (const word of more) {
    if (!isNews(all ?? words, word, now)) continue;
    all ??= words.slice();
    insert(all, word, now);
  }
  return all === undefined ? words : withinBounds(all, now, own);
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

/**
 * Whether two lists say the same, whichever activities say it; where the time of a word counts, it is the same, too. Which
 * address was named last counts with `several` of them, and where some are the company's own.
 */
export function saySame(a: HeldWords, b: HeldWords, several: boolean): boolean {
  if (a.length !== b.length) return false;
  const isByTime = several || b.some(isOfStaff);
  for (let place = 0; place < a.length; place++) {
    const [fact, value, key] = a[place] ?? EMPTY;
    const [other, said, of] = b[place] ?? EMPTY;
    if (fact !== other || (key !== of && (isTimed(fact, isByTime) || !isSameValue(value, said)))) return false;
  }
  return true;
}

const EMPTY: HeldWord = ['', null, ''];

/** Facts of which the time counts beside others, not only what is said. */
function isTimed(fact: string, isByTime: boolean): boolean {
  if (fact.startsWith('trait:') || UNTIMED.has(fact)) return false;
  return isByTime || !isNaming(fact);
}

function isOfStaff([fact, value]: HeldWord): boolean {
  return isNaming(fact) && (value as Address)[1];
}

function isNaming(fact: string): boolean {
  return fact.startsWith('named:') || fact.startsWith('reported:');
}

const UNTIMED: ReadonlySet<string> = new Set(['user', 'device', 'first_touch', 'last_touch']);

function isSameValue(a: WordValue, b: WordValue): boolean {
  return a === b || (typeof a === 'object' && typeof b === 'object' && JSON.stringify(a) === JSON.stringify(b));
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

/** Puts a word in the place of one that it supersedes, else at the end. */
function insert(words: HeldWord[], word: HeldWord, now: number): void {
  const [fact] = word;
  const only = onlyPlaceOf(words, fact);
  // Nearly always: what was said last is said again.
  if (only !== undefined && (isOfFirst(fact) || (hasCome(words[only], now) && hasCome(word, now)))) {
    words[only] = word;
    return;
  }
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

/** undefined: there is none, or more than one. */
function onlyPlaceOf(words: readonly HeldWord[], fact: string): number | undefined {
  let only: number | undefined;
  for (let place = 0; place < words.length; place++) {
    if (words[place]?.[0] !== fact) continue;
    if (only !== undefined) return undefined;
    only = place;
  }
  return only;
}

function hasCome(word: HeldWord | undefined, now: number): boolean {
  return word !== undefined && timeIn(word[2]) <= now;
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
