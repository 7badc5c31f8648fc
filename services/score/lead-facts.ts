import { MOST_OF_A_KIND } from '#lib/facts/bounds';
import { arePersonsSame, areSameFacts, NO_FACTS } from '#lib/facts/facts';
import { factsAt } from '#lib/facts/facts-at';
import { fullKinds } from '#lib/facts/held-bounds';
import {
  type HeldWord,
  type HeldWords,
  hear,
  NO_WORDS,
  nextWord,
  withoutActivity,
  withWords,
} from '#lib/facts/held-words';
import { kindOf } from '#lib/facts/last-words';
import { isOfFirst, wordsOf } from '#lib/facts/words';
import type { TableReader } from '#lib/flow/store';
import { compareKeys, endOf, timeIn, timeKey } from '#lib/flow/table';
import type { Model } from '#lib/model/model';
import type { Activity, Facts } from '#schemas/generated/records';
import { type Kept, wordsIn } from '#services/score/kept';
import type { Retention } from '#services/score/retention';
import { NEVER_SEEN, ownUnder, type SeenKeys, seenAfter, seenWithout } from '#services/score/seen';

/** What a lead's activities say of it, as its state holds it. */
export interface LeadFacts {
  readonly words: HeldWords;
  /** The mail addresses that identify says are its own, as identifiers. */
  readonly addresses: readonly string[];
  readonly seen: SeenKeys;
  /** Time of the last record, ms; only while words lie ahead of it. */
  readonly ahead?: number;
}

export const NOTHING_SAID: LeadFacts = { words: NO_WORDS, addresses: [], seen: NEVER_SEEN };

/** The facts with an activity; `key` is its item's. `excluded`: it counts for nothing. */
export function heard(
  before: LeadFacts,
  activity: Activity,
  key: string,
  excluded: boolean,
  model: Model | undefined,
  items: TableReader,
  now: number,
): LeadFacts {
  const more: HeldWord[] = [];
  for (const { fact, value } of wordsOf(activity, excluded)) more.push([fact, value, key]);
  const { words, repeats } = hear(before.words, more, now, before.addresses);
  if (repeats) carryOver(before.words, words);
  const own = ownUnder(before.seen, model, items);
  const seen = excluded ? own : seenAfter(own, activity, key, model);
  const ahead = activity.occurred_at > now ? now : before.ahead;
  const { addresses } = before;
  return ahead === undefined ? { words, addresses, seen } : { words, addresses, seen, ahead };
}

/**
 * The facts without the activity of an item: what was said before it holds again. `kept`: the item, if there is one; `closed`:
 * words that no item says any more, and that count all the same; `left`: what is kept without it.
 */
export function unheard(
  { facts: before, closed = NO_WORDS }: { readonly facts: LeadFacts; readonly closed?: HeldWords },
  left: Pick<Retention, 'kept' | 'lasting'>,
  key: string,
  kept: Kept | undefined,
  model: Model | undefined,
  items: TableReader,
  now: number,
): LeadFacts {
  const isLast = left.kept === 0 && left.lasting === undefined && before.seen.activities === 1;
  if (isLast && kept !== undefined && closed.length === 0) return { ...NOTHING_SAID, addresses: before.addresses };
  const { left: others, lost } = withoutActivity(before.words, key);
  const words =
    lost.size === 0
      ? others
      : withWords(
          others,
          [...saidOtherwise(before, lost, key, items, now), ...closed.filter(([fact]) => lost.has(fact))],
          now,
          before.addresses,
        );
  const seen = ownUnder(before.seen, model, items);
  return { ...before, words, seen: kept === undefined ? seen : seenWithout(seen, key, kept, model, items) };
}

/**
 * The words on some facts that other activities than that of `key` say: the last before it, of first words the next. Of a kind
 * of which not all are held, the newest of all.
 */
function* saidOtherwise(
  { words, seen: { first } }: LeadFacts,
  lost: ReadonlySet<string>,
  key: string,
  items: TableReader,
  now: number,
): Iterable<HeldWord> {
  const last = new Set([...lost].filter((fact) => !isOfFirst(fact)));
  if (last.size > 0) yield* lastSaid(last, fullKinds(words), key, items, now);
  const missing = new Set([...lost].filter(isOfFirst));
  if (missing.size === 0) return;
  // Only what counts tells a touch: the first of that are known.
  const known = missing.size === 1 && missing.has('first_touch') ? first : NO_KEYS;
  for (const [other, kept] of itemsAfter(key, known, items)) {
    for (const word of saidIn(kept, other, (fact) => missing.has(fact))) {
      missing.delete(word[0]);
      yield word;
    }
    if (missing.size === 0) return;
  }
}

const NO_KEYS: readonly string[] = [];

/** The items behind a key in their order. `known`: keys of the first of those that are asked for. */
function* itemsAfter(key: string, known: readonly string[], items: TableReader): Iterable<[string, Kept]> {
  let last = key;
  for (const one of known) {
    if (compareKeys(one, key) <= 0) continue;
    last = one;
    const kept = items.get(one) as Kept | undefined;
    if (kept !== undefined) yield [one, kept];
  }
  for (const [other, value] of items.range(`${last}\u0000`, endOf(''))) yield [other, value as Kept];
}

/** From the newest activity on, until all is found. */
function* lastSaid(
  lost: Set<string>,
  full: ReadonlySet<string>,
  key: string,
  items: TableReader,
  now: number,
): Iterable<HeldWord> {
  const room = new Map<string, number>();
  for (const kind of [...lost].map(kindOf)) if (full.has(kind)) room.set(kind, MOST_OF_A_KIND);
  const found = new Set<string>();
  const isAsked = (fact: string) =>
    !found.has(fact) && (lost.has(fact) || (!isOfFirst(fact) && (room.get(kindOf(fact)) ?? 0) > 0));
  for (const [other, value] of items.reverseRange('', room.size > 0 ? endOf('') : key)) {
    if (other === key) continue;
    for (const word of saidIn(value as Kept, other, isAsked)) {
      yield word;
      if (timeIn(other) > now) continue;
      const [fact] = word;
      const kind = kindOf(fact);
      found.add(fact);
      lost.delete(fact);
      room.set(kind, (room.get(kind) ?? 0) - 1);
    }
    if (lost.size === 0 && [...room.values()].every((left) => left <= 0)) return;
  }
}

function* saidIn(kept: Kept, key: string, isAsked: (fact: string) => boolean): Iterable<HeldWord> {
  for (const { fact, value } of wordsIn(kept)) if (isAsked(fact)) yield [fact, value, key];
}

/** The facts with an activity of which nothing is heard: it is older than all that is kept. */
export function sawAlso(
  before: LeadFacts,
  activity: Activity,
  key: string,
  model: Model | undefined,
  items: TableReader,
): LeadFacts {
  return { ...before, seen: seenAfter(ownUnder(before.seen, model, items), activity, key, model) };
}

/** The facts with what was done as the model in force has it. */
export function seenUnder(before: LeadFacts, model: Model | undefined, items: TableReader): LeadFacts {
  const seen = ownUnder(before.seen, model, items);
  return seen === before.seen ? before : { ...before, seen };
}

/** The facts of a lead to whom these addresses belong, and no others. */
export function owning(before: LeadFacts, addresses: readonly string[], items: TableReader, now: number): LeadFacts {
  const gained = new Set(addresses.filter((one) => !before.addresses.includes(one)));
  if (gained.size === 0 || fullKinds(before.words).size === 0) return { ...before, addresses };
  const isAsked = (fact: string) => gained.has(fact.slice(kindOf(fact).length));
  let { words } = before;
  for (const [key, value] of items.range('', endOf(''))) {
    words = withWords(words, [...saidIn(value as Kept, key, isAsked)], now, addresses);
  }
  return { ...before, addresses, words };
}

/** All words of a lead's items that have occurred by a time, ms. `own`: its addresses. */
export function wordsBy(items: TableReader, at: number, own: readonly string[]): HeldWords {
  let words = NO_WORDS;
  for (const [key, value] of items.range('', timeKey(at + 1))) {
    words = withWords(words, [...saidIn(value as Kept, key, () => true)], at, own);
  }
  return words;
}

/** What is true at a time, ms. `like`: what was true before, of which as much is used again as is the same. */
export function factsOf({ words, addresses, ahead }: LeadFacts, at: number, like?: Facts): Facts {
  if (ahead !== undefined && nextWord(words, at) !== undefined) return alike(factsAt(words, addresses, at), like);
  const known = derived.get(words);
  if (known?.addresses === addresses) return alike(known.facts, like);
  const facts = alike(factsAt(words, addresses, Number.POSITIVE_INFINITY), like);
  derived.set(words, { addresses, facts });
  return facts;
}

/** A lead's words change rarely, and are asked about at each record. */
const derived = new WeakMap<HeldWords, { readonly addresses: readonly string[]; readonly facts: Facts }>();

/** The same follows from these words. */
function carryOver(from: HeldWords, to: HeldWords): void {
  const known = derived.get(from);
  if (known !== undefined && from !== to) derived.set(to, known);
}

function alike(facts: Facts, like: Facts | undefined): Facts {
  if (like === undefined || facts === like) return facts;
  if (areSameFacts(facts, like)) return like;
  return arePersonsSame(facts.personal, like.personal) ? { ...facts, personal: like.personal } : facts;
}

export interface Told {
  /** What the lead's previous record told. */
  readonly was: Facts;
  /** What is true after a record at a time. */
  readonly now: Facts;
  /** That, if it differs from what was told; else null. */
  readonly told: Facts | null;
  /** The facts, with what the next record must know of this one. */
  readonly after: LeadFacts;
}

/** `at`: the record's time, ms. */
export function tell(before: LeadFacts, after: LeadFacts, at: number): Told {
  const was = before === NOTHING_SAID ? NO_FACTS : factsOf(before, before.ahead ?? Number.POSITIVE_INFINITY);
  const now = factsOf(after, at, was);
  return { was, now, told: now === was ? null : now, after: settled(after, at) };
}

function settled(facts: LeadFacts, at: number): LeadFacts {
  const { words, addresses, seen, ahead } = facts;
  if (ahead === undefined) return facts;
  return nextWord(words, at) === undefined ? { words, addresses, seen } : { words, addresses, seen, ahead: at };
}

/** When a word that lies ahead begins to count, ms; undefined: none does. */
export function nextFact({ words, ahead }: LeadFacts, at: number): number | undefined {
  return ahead === undefined ? undefined : nextWord(words, at);
}
