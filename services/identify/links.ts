import type { Hash } from '#lib/flow/ports';
import { endOf } from '#lib/flow/table';
import { giveId, holderOf, oldestId, oldestLead, passOn } from '#services/identify/ids';
import { MOST_PARTNERS, membersOf, type People } from '#services/identify/people';

/** What events said of a pair of userIds and emails: when they were last named together, and last unmerged; ms, 0: never. */
interface Link {
  readonly named: number;
  readonly cut: number;
}

type Pair = readonly [string, string];

const NEVER: Link = { named: 0, cut: 0 };

const linkGroup = (strong: string) => `link.${strong}:`;

/** An event names some as one person's: each with the first. Afterwards each of them belongs to a lead. */
export function nameTogether(people: People, strong: readonly string[], at: number, hash: Hash): void {
  const [first = '', ...others] = strong;
  const begun = others
    .map((other): Pair => [first, other])
    .filter((pair) => changes(people, pair, ({ named, cut }) => ({ named: Math.max(named, at), cut })));
  if (begun.length > 0) {
    if (crosses(people, begun, 1)) regroup(people, strong, hash);
    else unite(people, [first, ...begun.map(([, other]) => other)], hash);
  }
  settle(people, hash);
}

/** An event says that some are not one person's, any two of them. Afterwards each of them belongs to a lead. */
export function tellApart(people: People, strong: readonly string[], at: number, hash: Hash): void {
  const ended = strong
    .flatMap((one, i) => strong.slice(i + 1).map((other): Pair => [one, other]))
    .filter((pair) => changes(people, pair, ({ named, cut }) => ({ named, cut: Math.max(cut, at) })));
  if (ended.length > 0) {
    crosses(people, ended, -1);
    regroup(people, strong, hash);
  }
  settle(people, hash);
}

/** Writes what an event says of a pair; true if their link begins or ends to hold by that. */
function changes(people: People, [a, b]: Pair, to: (link: Link) => Link): boolean {
  const before = linkOf(people, a, b);
  const after = to(before);
  if (after.named === before.named && after.cut === before.cut) return false;
  people.table.put(linkGroup(a) + b, after);
  people.table.put(linkGroup(b) + a, after);
  return holds(before) !== holds(after);
}

function linkOf(people: People, a: string, b: string): Link {
  return (people.table.get(linkGroup(a) + b) as Link | undefined) ?? NEVER;
}

function holds({ named, cut }: Link): boolean {
  return named > cut;
}

/** Counts one partner more or less for both of each pair; true if one becomes shared by that, or ceases to be. */
function crosses(people: People, pairs: readonly Pair[], more: 1 | -1): boolean {
  let crossed = false;
  for (const one of pairs.flat()) {
    const node = people.node(one);
    const partners = node.partners + more;
    if (partners > MOST_PARTNERS !== node.partners > MOST_PARTNERS) crossed = true;
    people.put(one, { ...node, partners });
  }
  return crossed;
}

/** Those of them that are not shared are one lead: the oldest of theirs; a new one if all of them are new. */
function unite(people: People, linked: readonly string[], hash: Hash): void {
  const strong = linked.filter((one) => !people.isShared(one));
  if (strong[0] !== linked[0] || strong.length === 1) return;
  const leads = new Set(strong.filter((one) => people.isSettled(one)).map((one) => people.node(one).lead));
  const lead = oldestLead(people, leads) ?? giveId(people, strong[0] ?? '', hash);
  for (const other of leads) if (other !== lead) people.join(other, lead);
  for (const one of strong) people.give(one, lead);
}

/** Who joined nobody is a lead alone. */
function settle(people: People, hash: Hash): void {
  for (const one of people.fresh) if (!people.isSettled(one)) people.give(one, giveId(people, one, hash));
}

/** Groups anew all who belonged, or may belong now, to the leads of these. */
function regroup(people: People, strong: readonly string[], hash: Hash): void {
  const leads = new Set(strong.filter((one) => people.isSettled(one)).map((one) => people.node(one).lead));
  const open = new Set(strong);
  for (const lead of leads) {
    const members = [...membersOf(people.table, lead)];
    for (const member of members) open.add(member);
    leaveToOthers(people, lead, members);
  }
  for (const one of open) {
    const group = reached(people, one);
    const lead = oldestId(people, group) ?? giveId(people, people.oldest(group) ?? one, hash);
    for (const member of group) {
      people.give(member, lead);
      open.delete(member);
    }
  }
}

/** A shared identifier leaves the id of its lead to the others of it: to the one that was named first. */
function leaveToOthers(people: People, lead: string, members: readonly string[]): void {
  const holder = holderOf(people.table, lead);
  if (holder === undefined || !people.isShared(holder)) return;
  const heir = people.oldest(members.filter((one) => !people.isShared(one)));
  if (heir !== undefined) passOn(people, lead, holder, heir);
}

/** All that links lead to which hold between identifiers that are not shared, itself included. */
function reached(people: People, from: string): ReadonlySet<string> {
  const found = new Set([from]);
  for (const one of found) {
    if (people.isShared(one)) continue;
    const group = linkGroup(one);
    for (const [key, link] of people.table.range(group, endOf(group))) {
      const other = key.slice(group.length);
      if (holds(link as Link) && !people.isShared(other)) found.add(other);
    }
  }
  return found;
}
