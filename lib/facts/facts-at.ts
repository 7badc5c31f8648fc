import { MOST_OF_A_KIND } from '#lib/facts/bounds';
import { consentsAt } from '#lib/facts/consent';
import { NO_FACTS, NOBODY } from '#lib/facts/facts';
import type { HeldWord, HeldWords } from '#lib/facts/held-words';
import { type Said, saidAt, timeOf } from '#lib/facts/said';
import type { Address, Source, WordValue } from '#lib/facts/words';
import { compareKeys } from '#lib/flow/table';
import type { Facts, Touch } from '#schemas/generated/records';

/**
 * What is true of a lead at a time (ms; Infinity: once all that is held counts). `addresses`: those that identify says are its
 * own, as identifiers. README.md says what follows from what.
 */
export function factsAt(words: HeldWords, addresses: readonly string[], at: number): Facts {
  if (words.length === 0) return NO_FACTS;
  const said = saidAt(words, at);
  const own = addressOf(said, addresses);
  const [email] = own === undefined ? [] : addressIn(own.word);
  return {
    personal: {
      ...NOBODY,
      email: email ?? null,
      user_id: textOf(said, 'user'),
      anonymous_id: textOf(said, 'device'),
      traits: traitsOf(said),
    },
    address_closed: own === undefined ? null : closedBy(said, own.identifier),
    consents: consentsAt(said),
    first_touch: touchOf(said, 'first_touch'),
    last_touch: touchOf(said, 'last_touch'),
    staff: addresses.some((one) => isInternal(said, one)),
  };
}

/** The lead's own address that was named last, or, if none ever was, reported last. */
function addressOf(said: Said, addresses: readonly string[]) {
  return lastOf(said, 'named:', addresses) ?? lastOf(said, 'reported:', addresses);
}

function lastOf(said: Said, kind: string, addresses: readonly string[]) {
  let last: { readonly identifier: string; readonly word: HeldWord } | undefined;
  for (const identifier of addresses) {
    const word = said.get(kind + identifier);
    if (word !== undefined && (last === undefined || compareKeys(last.word[2], word[2]) < 0))
      last = { identifier, word };
  }
  return last;
}

/** As the newest activity that bears the address was stamped. */
function isInternal(said: Said, address: string): boolean {
  const [named, reported] = [said.get(`named:${address}`), said.get(`reported:${address}`)];
  const isNewer = named !== undefined && (reported === undefined || compareKeys(reported[2], named[2]) < 0);
  const word = isNewer ? named : reported;
  return word !== undefined && addressIn(word)[1];
}

function addressIn([, value]: HeldWord): Address {
  return value as Address;
}

/** Why nothing may be sent to an address; null: it is open. */
function closedBy(said: Said, address: string): string | null {
  const since = timeOf(said, `first:${address}`);
  const last = (kind: string) => {
    const unnamed = timeOf(said, `${kind}:`);
    return Math.max(timeOf(said, `${kind}:${address}`), unnamed >= since ? unnamed : Number.NEGATIVE_INFINITY);
  };
  const confirmed = last('confirmed');
  const closes = (time: number) => time !== Number.NEGATIVE_INFINITY && time >= confirmed;
  if (closes(last('complained'))) return 'complained';
  return closes(last('bounced')) ? 'bounced' : null;
}

function textOf(said: Said, fact: string): string | null {
  const value = said.get(fact)?.[1];
  return typeof value === 'string' ? value : null;
}

function traitsOf(said: Said): string {
  let words: HeldWord[] | undefined;
  for (const word of said.values()) {
    if (!word[0].startsWith('trait:')) continue;
    if (words === undefined) words = [word];
    else words.push(word);
  }
  if (words === undefined) return NO_TRAITS;
  // Of a hundred some lay ahead of their time, and take the place of others now.
  if (words.length > MOST_OF_A_KIND) {
    words = words.sort(([a, , x], [b, , y]) => compareKeys(y, x) || (a < b ? -1 : 1)).slice(0, MOST_OF_A_KIND);
  }
  const traits = words.flatMap(([fact, value]): readonly [string, WordValue][] =>
    value === null ? [] : [[fact.slice('trait:'.length), value]],
  );
  return JSON.stringify(Object.fromEntries(traits.sort(([a], [b]) => (a < b ? -1 : 1))));
}

const NO_TRAITS = '{}';

function touchOf(said: Said, fact: string): Touch | null {
  const word = said.get(fact);
  if (word === undefined) return null;
  const [source, medium, campaign] = word[1] as Source;
  return { source, medium, campaign };
}
