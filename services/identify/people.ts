import { MOST_OF_A_KIND } from '#lib/facts/bounds';
import type { TableReader } from '#lib/flow/store';
import { endOf, type Overlay } from '#lib/flow/table';
import { isAddress } from '#services/identify/identifier';

/** A userId or email. */
export interface Node {
  /** The lead that it belongs to. */
  readonly lead: string;
  /** When it was first named in the log: see placeIn. */
  readonly since: number;
  /** Others that it is linked with; a shared one joins nobody. */
  readonly partners: number;
  /** The ids of leads that stay with it; absent: none. */
  readonly ids?: readonly GivenId[];
}

/** An id of a lead: by the event of which seq it was given, for an identifier that was named first then (see placeIn). */
export type GivenId = readonly [id: string, seq: number, since: number];

/** An identifier with more partners than this is shared. */
export const MOST_PARTNERS = 20;

/** An event names fewer userIds and emails than this. */
const NAMED_AT_ONCE = 8;

/** The lead of an identifier until it is settled whom it belongs to. */
const NOBODY = '';

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

/** Place of an identifier among all that were ever named: by the event's seq, then by its place in the event. */
function placeIn(seq: number, index: number): number {
  return seq * NAMED_AT_ONCE + index;
}

/** Who belongs together, under change by an event: what is written goes to `table`, and who changes the lead is noted. */
export class People {
  /** Identifiers known before that belong to another lead now → their lead before. */
  readonly left = new Map<string, string>();
  /** Leads that gained or lost a mail address. */
  readonly readdressed = new Set<string>();
  /** Identifiers that the event is the first to name. */
  readonly fresh: string[] = [];

  /** `seq`: of the event. */
  constructor(
    readonly table: Overlay,
    readonly seq: number,
  ) {}

  node(strong: string): Node {
    const node = nodeOf(this.table, strong);
    if (node === undefined) throw new Error(`${strong} was never named`);
    return node;
  }

  put(strong: string, node: Node): void {
    this.table.put(nodeKey(strong), node);
  }

  /** Notes the identifiers that an event names. Those that are new belong to nobody yet. */
  named(strong: readonly string[]): void {
    strong.forEach((one, i) => {
      if (nodeOf(this.table, one) !== undefined) return;
      this.put(one, { lead: NOBODY, since: placeIn(this.seq, i), partners: 0 });
      this.fresh.push(one);
    });
  }

  /** Whether an identifier belongs to a lead already. */
  isSettled(strong: string): boolean {
    return this.node(strong).lead !== NOBODY;
  }

  isShared(strong: string): boolean {
    return this.node(strong).partners > MOST_PARTNERS;
  }

  /** Gives an identifier to a lead. */
  give(strong: string, lead: string): void {
    const node = this.node(strong);
    const before = node.lead;
    if (before === lead) return;
    if (isAddress(strong)) this.readdressed.add(lead);
    if (before !== NOBODY) {
      this.left.set(strong, before);
      if (isAddress(strong)) this.readdressed.add(before);
      this.table.put(memberGroup(before) + strong, undefined);
    }
    this.table.put(memberGroup(lead) + strong, 1);
    this.put(strong, { ...node, lead });
  }

  /** Gives all of a lead's identifiers to another. */
  join(lead: string, into: string): void {
    for (const member of [...membersOf(this.table, lead)]) this.give(member, into);
  }

  /** The one that was named first; undefined: there is none. */
  oldest(strong: Iterable<string>): string | undefined {
    let found: string | undefined;
    for (const one of strong) {
      if (found === undefined || this.node(one).since < this.node(found).since) found = one;
    }
    return found;
  }
}
