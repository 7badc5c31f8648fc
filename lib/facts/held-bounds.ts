import { MOST_OF_A_KIND } from '#lib/facts/bounds';
import { kindOf } from '#lib/facts/last-words';
import type { WordValue } from '#lib/facts/words';
import { compareKeys, timeIn } from '#lib/flow/table';

/**
 * A word as a lead holds it: the fact, what was said, and the key of the activity that says it, which begins with its time
 * and orders words (timeKey, then event id).
 */
export type HeldWord = readonly [fact: string, value: WordValue, key: string];

/** The words that count, at most one a fact, and behind them those that lie ahead of their time. */
export type HeldWords = readonly HeldWord[];

/** Kinds of facts on which a lead may have said more than is held. */
export function fullKinds(words: HeldWords): ReadonlySet<string> {
  const full = new Set<string>();
  if (words.length < MOST_OF_A_KIND) return full;
  for (const [kind, said] of byKind(words, [])) if (said.length >= MOST_OF_A_KIND) full.add(kind);
  return full;
}

/**
 * The newest words of each kind that count at `now` (ms), and the newest of those ahead of it. No opt-out is lost: one of so many
 * topics that it is not held closes its channel as a whole, unless it was taken back. `own`: addresses on which all is held.
 */
export function withinBounds(words: readonly HeldWord[], now: number, own: readonly string[]): HeldWords {
  if (words.length <= MOST_OF_A_KIND) return words;
  const gone = new Set<HeldWord>();
  for (const said of byKind(words, own).values()) {
    if (said.length <= MOST_OF_A_KIND) continue;
    said.sort(([a, , x], [b, , y]) => compareKeys(y, x) || (a < b ? -1 : 1));
    const room = { counting: MOST_OF_A_KIND, ahead: MOST_OF_A_KIND };
    const counted = new Set<string>();
    for (const word of said) {
      const [fact, , key] = word;
      const when = timeIn(key) > now ? 'ahead' : 'counting';
      if (room[when] === 0 || (when === 'counting' && counted.has(fact))) gone.add(word);
      else room[when]--;
      if (when === 'counting') counted.add(fact);
    }
  }
  if (gone.size === 0) return words;
  const left = words.filter((word) => !gone.has(word));
  return [...gone].reduce(closing, left);
}

/** In no order; what has no kind, or is about an own address, is bounded otherwise. */
function byKind(words: readonly HeldWord[], own: readonly string[]): ReadonlyMap<string, HeldWord[]> {
  const kinds = new Map<string, HeldWord[]>();
  for (const word of words) {
    const kind = kindOf(word[0]);
    if (kind === '' || own.includes(word[0].slice(kind.length))) continue;
    const said = kinds.get(kind);
    if (said === undefined) kinds.set(kind, [word]);
    else said.push(word);
  }
  return kinds;
}

const OUT = /^out:([^:]*):(?=.)/s;

/** What is left once a word is gone: an opt-out that still stands closes its channel. */
function closing(left: readonly HeldWord[], [fact, value, key]: HeldWord): readonly HeldWord[] {
  const channel = OUT.exec(fact)?.[1];
  if (channel === undefined) return left;
  const whole = `out:${channel}:`;
  const answers = [fact, whole, fact.replace('out:', 'in:'), `in:${channel}:`];
  const isAnswered = left.some(([other, , of]) => answers.includes(other) && timeIn(of) > timeIn(key));
  return isAnswered ? left : [...left.filter(([other]) => other !== whole), [whole, value, key]];
}
