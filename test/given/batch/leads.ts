import { sha256 } from '#lib/hash/sha256';
import { type Links, linksIn } from '#test/given/batch/links';
import { leadIdOf, type Named } from '#test/given/batch/named';

/** An id of a lead, and the identifier that it stays with. */
interface Given {
  readonly id: string;
  readonly madeFor: string;
  holder: string;
}

/**
 * The lead id of each userId and email after events in the order of the log. Groups are computed from the set of events so far,
 * anew after each; ids are kept from one to the next.
 */
export function leadIds(events: readonly Named[], partners: number): ReadonlyMap<string, string> {
  const known: string[] = [];
  const given: Given[] = [];
  let leads: ReadonlyMap<string, string> = new Map();
  for (const [i, { strong }] of events.entries()) {
    const fresh = strong.filter((one) => !known.includes(one));
    known.push(...fresh);
    if (fresh.length === 0 && strong.length < 2) continue;
    const { joining, shared } = linksIn(events.slice(0, i + 1), partners);
    for (const one of given) passOn(one, leads, known, shared);
    leads = called(known, joining, given);
  }
  return leads;
}

/** The id of a lead stays with another identifier of it if its own is shared: with the one that was named first. */
function passOn(
  one: Given,
  leads: ReadonlyMap<string, string>,
  known: readonly string[],
  shared: ReadonlySet<string>,
): void {
  if (leads.get(one.holder) !== one.id || !shared.has(one.holder)) return;
  const heir = known.find((other) => leads.get(other) === one.id && !shared.has(other));
  if (heir !== undefined) one.holder = heir;
}

/** Each group by the oldest of the ids that stay with it, or by a new one. */
function called(known: readonly string[], joining: Links, given: Given[]): ReadonlyMap<string, string> {
  const leads = new Map<string, string>();
  for (const one of known) {
    if (leads.has(one)) continue;
    const group = reached(one, joining);
    const id = given.find(({ holder }) => group.has(holder))?.id ?? newId(one, given);
    for (const member of group) leads.set(member, id);
  }
  return leads;
}

function newId(identifier: string, given: Given[]): string {
  const nth = given.filter(({ madeFor }) => madeFor === identifier).length;
  const id = nth === 0 ? leadIdOf(identifier) : sha256(`${identifier.replace(' ', '.')}:${nth}`).slice(0, 20);
  given.push({ id, madeFor: identifier, holder: identifier });
  return id;
}

/** All that links lead to, itself included. */
function reached(from: string, links: Links): ReadonlySet<string> {
  const found = new Set([from]);
  for (const one of found) {
    for (const pair of links) if (pair.includes(one)) for (const other of pair) found.add(other);
  }
  return found;
}
