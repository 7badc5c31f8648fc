import { type LastWords, NO_LAST_WORDS, type Speaking, withSpeaking } from '#lib/facts/last-words';
import { isLasting, wordsOf } from '#lib/facts/words';
import type { Change, TableReader } from '#lib/flow/store';
import { compareKeys, timeIn, timeKey } from '#lib/flow/table';
import { type HeldRow, heldOf } from '#services/identify/held';
import { extentOf, heldGroup } from '#services/identify/state';

const lastingKey = (identifier: string) => `lasting:${identifier}`;
const NOWHERE: ReadonlySet<string> = new Set();

/** An activity of a history by its place in it. */
export interface Placed {
  readonly place: string;
  readonly row: unknown;
}

/** The activities of a history that are held beyond its bounds, by their places: the last words on lasting facts. */
export function lastingPlaces(state: TableReader, identifier: string): ReadonlySet<string> {
  const words = lastWordsOf(state, identifier);
  return words === NO_LAST_WORDS ? NOWHERE : new Set(Object.values(words));
}

/** What becomes of activities that a history's bounds leave out. */
export interface LeftOut {
  /** Of the last words that are known. */
  readonly changes: readonly Change[];
  /** Places of those that are the last word on nothing, and of those that were until now. */
  readonly superseded: readonly string[];
}

/** Leaves activities out of a history's bounds. Those that are the last word on a lasting fact, of all that are left out, stay. */
export function leaveOut(state: TableReader, identifier: string, leaving: readonly Placed[]): LeftOut {
  const speaking = leaving.map(({ place, row }) => ({ place, facts: lastingFacts(identifier, row) }));
  if (speaking.every(({ facts }) => facts.length === 0)) {
    return leaveAll(state, identifier, leaving);
  }
  const before = lastWordsOf(state, identifier);
  const after = withSpeaking(before, speaking);
  const still = new Set(Object.values(after));
  const were = new Set([...Object.values(before), ...leaving.map(({ place }) => place)]);
  return {
    changes: [{ key: lastingKey(identifier), value: after }],
    superseded: [...were].filter((place) => !still.has(place)),
  };
}

/** The same for what has no words: all of it goes. */
export function leaveAll(_state: TableReader, _identifier: string, leaving: readonly Placed[]): LeftOut {
  return { changes: [], superseded: leaving.map(({ place }) => place) };
}

/** Forgets the last words from before a place. */
export function forgetBefore(state: TableReader, identifier: string, begin: string): readonly Change[] {
  const before = lastWordsOf(state, identifier);
  const left = Object.entries(before).filter(([, place]) => compareKeys(place, begin) >= 0);
  if (left.length === Object.keys(before).length) return [];
  return [{ key: lastingKey(identifier), value: left.length === 0 ? undefined : Object.fromEntries(left) }];
}

/**
 * The activities of a history from before a time (ms) that still move: the last words on lasting facts, also of what the bounds
 * leave out and nobody has looked through yet.
 */
export function lastingBefore(state: TableReader, identifier: string, oldest: number): ReadonlySet<string> {
  const known = lastWordsOf(state, identifier);
  const group = heldGroup(identifier);
  const [, from] = extentOf(state, identifier);
  const speaking: Speaking[] = [];
  for (const [key, row] of state.range(group + from, group + timeKey(oldest))) {
    const facts = lastingFacts(identifier, row);
    if (facts.length > 0) speaking.push({ place: key.slice(group.length), facts });
  }
  if (known === NO_LAST_WORDS && speaking.length === 0) return NOWHERE;
  return new Set(Object.values(withSpeaking(known, speaking)).filter((place) => timeIn(place) < oldest));
}

function lastWordsOf(state: TableReader, identifier: string): LastWords {
  return (state.get(lastingKey(identifier)) as LastWords | undefined) ?? NO_LAST_WORDS;
}

/** The lasting facts that a held activity has a word on. Of one that counts for nothing only what closes is heard. */
function lastingFacts(identifier: string, row: unknown): readonly string[] {
  const { told, stamped, identifiers } = heldOf(identifier, row as HeldRow);
  const excluded = stamped.agent === 'bot' || stamped.network !== '';
  return wordsOf({ ...told, identifiers, network: stamped.network }, excluded).flatMap(({ fact }) =>
    isLasting(fact) ? [fact] : [],
  );
}
