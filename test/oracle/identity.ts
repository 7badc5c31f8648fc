import { createHash } from 'node:crypto';
import { claimsOf, userOf } from '#test/oracle/claims';
import { identifiersOf, isAddress, type Named } from '#test/oracle/identifiers';
import { byText, inOrder, nameOf, type Reported } from '#test/oracle/reported';

/** Who is who, of a set of events. */
export interface Identity {
  /** Name of the event → its lead or visitor; events of nobody have none. */
  readonly owners: ReadonlyMap<string, string>;
  /** Addresses of each lead, as `email:…`. */
  readonly addresses: ReadonlyMap<string, ReadonlySet<string>>;
}

/** One named together with more others than this is shared, and joins none of them. */
const MOST_PARTNERS = 20;

/** So many addresses of a lead count as its own. */
const MOST_ADDRESSES = 100;

/**
 * Whose each event is: a lead is all userIds and addresses that events name together, however indirectly, and is called by
 * the one of them that was reported first; a visitor is a device. `events` are in the order of receipt.
 */
export function identityOf(events: Iterable<Reported>): Identity {
  const received = new Map(Array.from(events, (event) => [nameOf(event), event]));
  const all = [...received.values()].sort(inOrder).map(namedBy);
  const known = new Set([...received.values()].flatMap((event) => namedBy(event).strong));
  const leads = leadsIn(all, known);
  const claims = claimsOf(all);
  const owners = new Map<string, string>();
  for (const { event, strong, device } of all) {
    const person = strong[0] ?? (device === undefined ? undefined : userOf(claims, device, event.at));
    const owner = person === undefined ? device : leads.get(person);
    if (owner !== undefined) owners.set(nameOf(event), owner);
  }
  return { owners, addresses: addressesOf(leads) };
}

const NAMED = new WeakMap<Reported, Named>();

/** Read once of each event: a simulation asks who is who after every one. */
function namedBy(event: Reported): Named {
  const known = NAMED.get(event) ?? { event, ...identifiersOf(event) };
  NAMED.set(event, known);
  return known;
}

function addressesOf(leads: ReadonlyMap<string, string>): ReadonlyMap<string, ReadonlySet<string>> {
  const addresses = new Map<string, Set<string>>();
  for (const [identifier, lead] of leads) {
    const known = addresses.get(lead) ?? new Set();
    addresses.set(lead, isAddress(identifier) ? known.add(identifier) : known);
  }
  for (const [lead, all] of addresses) if (all.size > MOST_ADDRESSES) addresses.set(lead, counting(all));
  return addresses;
}

/** Those with the smallest pseudonyms. */
function counting(addresses: ReadonlySet<string>): Set<string> {
  const byPseudonym = Array.from(addresses, (one) => [createHash('sha256').update(one).digest('hex'), one] as const);
  byPseudonym.sort(([a], [b]) => byText(a, b));
  return new Set(byPseudonym.slice(0, MOST_ADDRESSES).map(([, one]) => one));
}

/** Identifier → its lead. `all` is in order of time, `known` in the order in which they were reported first. */
function leadsIn(all: readonly Named[], known: ReadonlySet<string>): ReadonlyMap<string, string> {
  const neighbours = neighboursIn(linksIn(all));
  const leads = new Map<string, string>();
  for (const founder of known) {
    if (leads.has(founder)) continue;
    const members = new Set([founder]);
    for (const one of members) for (const other of neighbours.get(one) ?? []) members.add(other);
    for (const member of members) leads.set(member, founder);
  }
  return leads;
}

type Link = readonly [string, string];

/** What joins: named together after the last event that parts the two, neither of them shared by too many. */
function linksIn(all: readonly Named[]): readonly Link[] {
  const together = new Map<string, { readonly link: Link; readonly at: number }>();
  const parted = new Map<string, number>();
  for (const { event, strong } of all) {
    if (event.name === 'unmerged') {
      for (const one of strong) for (const other of strong) parted.set(`${one} ${other}`, event.at);
      continue;
    }
    const [strongest, ...others] = strong;
    if (strongest === undefined) continue;
    for (const other of others) {
      const link = [strongest, other].sort(byText) as unknown as Link;
      together.set(link.join(' '), { link, at: event.at });
    }
  }
  const holding = [...together].flatMap(([name, { link, at }]) =>
    at > (parted.get(name) ?? Number.NEGATIVE_INFINITY) ? [link] : [],
  );
  const partners = neighboursIn(holding);
  return holding.filter((link) => link.every((one) => (partners.get(one)?.size ?? 0) <= MOST_PARTNERS));
}

function neighboursIn(links: readonly Link[]): ReadonlyMap<string, ReadonlySet<string>> {
  const neighbours = new Map<string, Set<string>>();
  for (const [one, other] of links) {
    neighbours.set(one, (neighbours.get(one) ?? new Set()).add(other));
    neighbours.set(other, (neighbours.get(other) ?? new Set()).add(one));
  }
  return neighbours;
}
