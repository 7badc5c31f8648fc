import { endOf } from '#lib/flow/table';
import { idOf } from '#services/identify/identifier';
import { MOST_PARTNERS, membersOf, type People } from '#services/identify/people';

/** What events said of a pair of userIds and emails: when they were last named together, and last unmerged; ms, 0: never. */
interface Link {
  readonly named: number;
  readonly cut: number;
}

const NEVER: Link = { named: 0, cut: 0 };

const linkGroup = (strong: string) => `link.${strong}:`;

/** An event names a pair as one person's. */
export function link(people: People, a: string, b: string, at: number): void {
  change(people, a, b, ({ named, cut }) => ({ named: Math.max(named, at), cut }));
}

/** An event says that a pair is not one person's. */
export function cut(people: People, a: string, b: string, at: number): void {
  change(people, a, b, (link) => ({ named: link.named, cut: Math.max(link.cut, at) }));
}

function change(people: People, a: string, b: string, to: (link: Link) => Link): void {
  const before = linkOf(people, a, b);
  const after = to(before);
  if (after.named === before.named && after.cut === before.cut) return;
  people.table.put(linkGroup(a) + b, after);
  people.table.put(linkGroup(b) + a, after);
  if (holds(before) === holds(after)) return;
  const shared = [isShared(people, a), isShared(people, b)];
  for (const one of [a, b]) {
    const node = people.node(one);
    people.put(one, { ...node, partners: node.partners + (holds(after) ? 1 : -1) });
  }
  const flipped = [isShared(people, a) !== shared[0], isShared(people, b) !== shared[1]];
  if (holds(after) && !flipped[0] && !flipped[1]) {
    if (!isShared(people, a) && !isShared(people, b)) unite(people, a, b);
  } else regroup(people, [a, b]);
}

function linkOf(people: People, a: string, b: string): Link {
  return (people.table.get(linkGroup(a) + b) as Link | undefined) ?? NEVER;
}

function holds({ named, cut }: Link): boolean {
  return named > cut;
}

function isShared(people: People, strong: string): boolean {
  return people.node(strong).partners > MOST_PARTNERS;
}

/** Two leads become one, that of the earlier founder. */
function unite(people: People, a: string, b: string): void {
  const [one, other] = [people.node(a).lead, people.node(b).lead];
  if (one === other) return;
  const earlier = people.isEarlier(people.founderOf(one), people.founderOf(other));
  if (earlier) people.join(other, one);
  else people.join(one, other);
}

/** Groups anew all who belonged, or may belong now, to the leads of these. */
function regroup(people: People, strong: readonly string[]): void {
  const left = new Set(strong.flatMap((one) => [one, ...membersOf(people.table, people.node(one).lead)]));
  for (const one of left) {
    const group = reached(people, one);
    const lead = idOf(people.earliest(group) ?? one);
    for (const member of group) {
      people.give(member, lead);
      left.delete(member);
    }
  }
}

/** All that links lead to which hold between identifiers that are not shared, itself included. */
function reached(people: People, from: string): ReadonlySet<string> {
  const found = new Set([from]);
  for (const one of found) {
    if (isShared(people, one)) continue;
    const group = linkGroup(one);
    for (const [key, link] of people.table.range(group, endOf(group))) {
      const other = key.slice(group.length);
      if (holds(link as Link) && !isShared(people, other)) found.add(other);
    }
  }
  return found;
}
