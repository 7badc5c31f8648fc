import type { Hash } from '#lib/flow/ports';
import type { TableReader } from '#lib/flow/store';
import { ID_LENGTH, idOf } from '#services/identify/identifier';
import { type GivenId, leadOf, nodeOf, type People } from '#services/identify/people';

/**
 * Ids of leads. Each is given once, for an identifier, and stays with it: whoever the identifier belongs to has the id, or it
 * leads to them. Of all ids that stay with a lead's identifiers the lead is called by the oldest. So no two leads are
 * ever called alike, of two that become one the older id survives, and who is parted takes back what it was called before.
 */

/** The identifier that an id stays with, where it is not the one whose hash it is. */
const holderKey = (id: string) => `holder:${id}`;

/** The identifier that an id stays with; undefined: it was never given to a lead. */
export function holderOf(state: TableReader, id: string): string | undefined {
  const holder = state.get(holderKey(id)) as string | undefined;
  if (holder !== undefined) return holder;
  return [`user.${id}`, `email.${id}`].find((one) => givenIn(state, one, id) !== undefined);
}

/** The lead that an id leads to, its own or one that it went into; undefined: it was never given to a lead. */
export function leadOfId(state: TableReader, id: string): string | undefined {
  const holder = holderOf(state, id);
  return holder === undefined ? undefined : leadOf(state, holder);
}

function givenIn(state: TableReader, strong: string, id: string): GivenId | undefined {
  return nodeOf(state, strong)?.ids?.find(([one]) => one === id);
}

/** The oldest of the ids that stay with some identifiers; undefined: none does. */
export function oldestId({ table }: People, strong: Iterable<string>): string | undefined {
  let oldest: GivenId | undefined;
  for (const one of strong) {
    for (const given of nodeOf(table, one)?.ids ?? []) {
      if (oldest === undefined || isOlder(given, oldest)) oldest = given;
    }
  }
  return oldest?.[0];
}

/** The one of some leads whose id is the oldest; undefined: there are none. */
export function oldestLead(people: People, leads: Iterable<string>): string | undefined {
  const [one, ...others] = leads;
  if (one === undefined || others.length === 0) return one;
  const holders = [one, ...others].map((lead) => holderOf(people.table, lead) ?? '');
  return oldestId(people, holders);
}

/** Given earlier; of those that one event gave, for the identifier that was known for longer. */
function isOlder([, seq, since]: GivenId, [, otherSeq, otherSince]: GivenId): boolean {
  return seq === otherSeq ? since < otherSince : seq < otherSeq;
}

/** Gives a new id for an identifier, and returns it: its hash, or, if that went to others, one that was never given. */
export function giveId(people: People, strong: string, hash: Hash): string {
  let id = idOf(strong);
  for (let nth = 1; holderOf(people.table, id) !== undefined; nth++) id = hash(`${strong}:${nth}`).slice(0, ID_LENGTH);
  if (id !== idOf(strong)) people.table.put(holderKey(id), strong);
  const { ids = [], ...node } = people.node(strong);
  people.put(strong, { ...node, ids: [...ids, [id, people.seq, node.since]] });
  return id;
}

/** An id stays with another identifier of its lead from here on. */
export function passOn(people: People, id: string, from: string, to: string): void {
  const { ids: before = [], ...giver } = people.node(from);
  const given = before.find(([one]) => one === id);
  if (given === undefined) return;
  const rest = before.filter((one) => one !== given);
  people.put(from, rest.length === 0 ? giver : { ...giver, ids: rest });
  const { ids = [], ...taker } = people.node(to);
  people.put(to, { ...taker, ids: [...ids, given] });
  people.table.put(holderKey(id), to);
}
