import { MOST_OF_A_KIND } from '#lib/facts/words';
import type { TableReader } from '#lib/flow/store';
import { endOf, type Overlay } from '#lib/flow/table';
import { idOf, isAddress } from '#services/identify/identifier';

/** A userId or email. */
export interface Node {
  /** The lead that it belongs to. */
  readonly lead: string;
  /** When it was first named, by occurred_at, ms. */
  readonly first: number;
  /** Others that it is linked with; a shared one joins nobody. */
  readonly partners: number;
}

/** An identifier with more partners than this is shared. */
export const MOST_PARTNERS = 20;

const nodeKey = (strong: string) => `node:${strong}`;
const memberGroup = (lead: string) => `member.${lead}:`;

export function nodeOf(state: TableReader, strong: string): Node | undefined {
  return state.get(nodeKey(strong)) as Node | undefined;
}

/** The lead that a userId or email belongs to; undefined: it was never named. */
export function leadOf(state: TableReader, strong: string): string | undefined {
  return nodeOf(state, strong)?.lead;
}

/** The userIds and emails of a lead. */
export function* membersOf(state: TableReader, lead: string): Iterable<string> {
  const group = memberGroup(lead);
  for (const [key] of state.range(group, endOf(group))) yield key.slice(group.length);
}

/**
 * The mail addresses of a lead, as identifiers in ascending order: the first hundred of them. Which these are is told by the set
 * alone, whenever each was named.
 */
export function addressesOf(state: TableReader, lead: string): readonly string[] {
  const addresses: string[] = [];
  for (const member of membersOf(state, lead)) {
    // addresses come before all others
    if (!isAddress(member) || addresses.length === MOST_OF_A_KIND) break;
    addresses.push(member);
  }
  return addresses;
}

/** Who belongs together, under change: what is written goes to `table`, and who changes the lead is noted. */
export class People {
  /** Identifiers known before that belong to another lead now → their lead before. */
  readonly left = new Map<string, string>();
  /** Leads that gained or lost a mail address. */
  readonly readdressed = new Set<string>();
  readonly #created = new Set<string>();

  constructor(readonly table: Overlay) {}

  node(strong: string): Node {
    return nodeOf(this.table, strong) ?? { lead: idOf(strong), first: Number.POSITIVE_INFINITY, partners: 0 };
  }

  put(strong: string, node: Node): void {
    this.table.put(nodeKey(strong), node);
  }

  /** Notes that an identifier was named at a time. True if that is its first time now. */
  named(strong: string, at: number): boolean {
    const known = nodeOf(this.table, strong);
    if (known !== undefined && known.first <= at) return false;
    if (known === undefined) {
      this.#created.add(strong);
      if (isAddress(strong)) this.readdressed.add(idOf(strong));
      this.table.put(memberGroup(idOf(strong)) + strong, 1);
    }
    this.put(strong, { ...this.node(strong), first: at });
    return true;
  }

  /** Gives an identifier to a lead. */
  give(strong: string, lead: string): void {
    const node = this.node(strong);
    if (node.lead === lead) return;
    if (!this.#created.has(strong) && !this.left.has(strong)) this.left.set(strong, node.lead);
    if (isAddress(strong)) this.readdressed.add(node.lead).add(lead);
    this.table.put(memberGroup(node.lead) + strong, undefined);
    this.table.put(memberGroup(lead) + strong, 1);
    this.put(strong, { ...node, lead });
  }

  /** Gives all of a lead's identifiers to another. */
  join(lead: string, into: string): void {
    if (lead === into) return;
    for (const member of [...membersOf(this.table, lead)]) this.give(member, into);
  }

  /** The identifier that a lead's id is of. */
  founderOf(lead: string): string {
    for (const founder of [`user.${lead}`, `email.${lead}`]) {
      if (nodeOf(this.table, founder)?.lead === lead) return founder;
    }
    return this.earliest(membersOf(this.table, lead)) ?? '';
  }

  /** The one that was named first; then userIds come before emails, then the smaller pseudonym. */
  earliest(strong: Iterable<string>): string | undefined {
    let found: string | undefined;
    for (const one of strong) if (found === undefined || this.isEarlier(one, found)) found = one;
    return found;
  }

  isEarlier(a: string, b: string): boolean {
    const [first, second] = [this.node(a).first, this.node(b).first];
    if (first !== second) return first < second;
    const users = [a.startsWith('user.'), b.startsWith('user.')];
    return users[0] === users[1] ? a < b : users[0] === true;
  }
}
