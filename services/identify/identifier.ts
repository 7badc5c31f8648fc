import type { Hash } from '#lib/flow/ports';
import type { Personal } from '#schemas/generated/records';

/** Kinds of identifiers, strongest first. The strong ones make a lead, an anonymous one alone a visitor. */
export type Kind = 'user' | 'email' | 'anonymous';

/**
 * A pseudonym of an identifier: kind.hash. The same person's identifier gives the same pseudonym everywhere, and the log
 * beyond lead.events names people by it alone.
 */
export type Identifier = `${Kind}.${string}`;

/** The pseudonym of each kind's values. */
export type Pseudonyms = { readonly [kind in Kind]: (value: string) => Identifier };

/** Length of ids in hex characters: 80 bits. */
const LENGTH = 20;

export function identifier(kind: Kind, value: string, hash: Hash): Identifier {
  return `${kind}.${hash(`${kind}:${value}`).slice(0, LENGTH)}`;
}

/** All identifiers of an event, strongest first. */
export function identifiersOf({ user_id, email, anonymous_id }: Personal, pseudonyms: Pseudonyms): Identifier[] {
  const found: Identifier[] = [];
  if (user_id !== null) found.push(pseudonyms.user(user_id));
  if (email !== null) found.push(pseudonyms.email(email));
  if (anonymous_id !== null) found.push(pseudonyms.anonymous(anonymous_id));
  return found;
}

/** The device among an event's identifiers; undefined if it names none. */
export function deviceIn(identifiers: readonly string[]): string | undefined {
  const weakest = identifiers.at(-1);
  return weakest?.startsWith('anonymous.') ? weakest : undefined;
}

/** The userIds and emails among an event's identifiers. */
export function strongIn(identifiers: readonly string[]): readonly string[] {
  return deviceIn(identifiers) === undefined ? identifiers : identifiers.slice(0, -1);
}

/** The id of the lead or visitor that an identifier founds. */
export function idOf(founder: string): string {
  return founder.slice(founder.indexOf('.') + 1);
}

/** Partition of a lead among `count`: its id is a hash already. */
export function partitionOf(leadId: string, count: number): number {
  return Number.parseInt(leadId.slice(0, 8), 16) % count;
}
