import type { Hash } from '#lib/flow/ports';
import type { Personal } from '#schemas/generated/records';

/** Kinds of identifiers, strongest first. The strong ones make a lead, an anonymous one alone a visitor. */
type Kind = 'user' | 'email' | 'anonymous';

/**
 * A pseudonym of an identifier: kind.hash. The same person's identifier gives the same pseudonym everywhere, and the log
 * beyond lead.events names people by it alone.
 */
export type Identifier = `${Kind}.${string}`;

/** Length of ids in hex characters: 80 bits. */
const LENGTH = 20;

export function identifier(kind: Kind, value: string, hash: Hash): Identifier {
  return `${kind}.${hash(`${kind}:${value}`).slice(0, LENGTH)}`;
}

/** All identifiers of an event, strongest first. */
export function identifiersOf({ user_id, email, anonymous_id }: Personal, hash: Hash): Identifier[] {
  const found: Identifier[] = [];
  if (user_id !== null) found.push(identifier('user', user_id, hash));
  if (email !== null) found.push(identifier('email', email, hash));
  if (anonymous_id !== null) found.push(identifier('anonymous', anonymous_id, hash));
  return found;
}

/** The id of the lead or visitor that an identifier founds. */
export function idOf(founder: string): string {
  return founder.slice(founder.indexOf('.') + 1);
}

export function isAnonymous(candidate: string): boolean {
  return candidate.startsWith('anonymous.');
}

/** Partition of a lead among `count`: its id is a hash already. */
export function partitionOf(leadId: string, count: number): number {
  return Number.parseInt(leadId.slice(0, 8), 16) % count;
}
