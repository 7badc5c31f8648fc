import type { Hash } from '#lib/flow/ports';
import { addressIn, addressOfId } from '#lib/identity/address';
import { idIn } from '#lib/identity/forbidden';
import type { NamesNobody } from '#lib/identity/placeholders';
import type { LeadEvent } from '#schemas/generated/records';

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
export const ID_LENGTH = 20;

export function identifier(kind: Kind, value: string, hash: Hash): Identifier {
  return `${kind}.${hash(`${kind}:${value}`).slice(0, ID_LENGTH)}`;
}

/** An event that says who it is about, and that more than its own identifiers are. */
export type Naming = Pick<LeadEvent, 'name' | 'properties' | 'personal'>;

/** The behaviours of which properties.previous_id is an identifier, too. */
export const ALIASED = 'aliased';
export const UNMERGED = 'unmerged';

/**
 * All identifiers of an event, strongest first: userId, the previous one, email, the device that an alias names, the
 * event's own device. A userId that is a mail address is that address.
 */
export function identifiersOf(event: Naming, pseudonyms: Pseudonyms, nobody: NamesNobody): Identifier[] {
  const { user_id, email, anonymous_id } = event.personal;
  const user = (id: string) => {
    const address = addressOfId(id);
    return address === null ? pseudonyms.user(id) : pseudonyms.email(address);
  };
  const found: Identifier[] = [];
  const previous = previousIdIn(event, nobody);
  if (user_id !== null) found.push(user(user_id));
  if (previous !== null) found.push(user(previous));
  if (email !== null) found.push(pseudonyms.email(email));
  if (previous !== null && event.name === ALIASED) found.push(pseudonyms.anonymous(previous));
  if (anonymous_id !== null) found.push(pseudonyms.anonymous(anonymous_id));
  return previous === null && !user_id?.includes('@') ? found : [...new Set(found)];
}

/** The event as identity knows it: what names nobody is absent, and a userId that is an address names it as one. */
export function withIdentifiers<Event extends Naming>(event: Event, nobody: NamesNobody): Event {
  const { user_id, email, anonymous_id } = event.personal;
  const [user, device] = [idIn(user_id, nobody), idIn(anonymous_id, nobody)];
  const address = addressIn(email) ?? addressOfId(user);
  if (user === user_id && address === email && device === anonymous_id) return event;
  return { ...event, personal: { ...event.personal, user_id: user, email: address, anonymous_id: device } };
}

/** Of an alias it counts only beside a userId or a mail address: two devices make no person. */
function previousIdIn({ name, properties, personal }: Naming, nobody: NamesNobody): string | null {
  if (name !== UNMERGED && (name !== ALIASED || (personal.user_id === null && personal.email === null))) return null;
  try {
    const { previous_id }: { readonly previous_id?: unknown } = JSON.parse(properties);
    return typeof previous_id === 'string' ? idIn(previous_id, nobody) : null;
  } catch {
    return null;
  }
}

/** The device that an event comes from, if that alone tells whose it is; undefined if a stronger identifier does. */
export function deviceAlone([strongest = '']: readonly string[]): string | undefined {
  return isDevice(strongest) ? strongest : undefined;
}

/** The devices among an event's identifiers. */
export function devicesIn(identifiers: readonly string[]): readonly string[] {
  return identifiers.filter(isDevice);
}

/** The userIds and emails among an event's identifiers. */
export function strongIn(identifiers: readonly string[]): readonly string[] {
  return identifiers.filter((one) => !isDevice(one));
}

export function isDevice(identifier: string): boolean {
  return identifier.startsWith('anonymous.');
}

export function isAddress(identifier: string): boolean {
  return identifier.startsWith('email.');
}

/** The id of the lead that is given for an identifier first, and of the visitor that a device is. */
export function idOf(identifier: string): string {
  return identifier.slice(identifier.indexOf('.') + 1);
}

/** Partition of a lead among `count`: its id is a hash already. */
export function partitionOf(leadId: string, count: number): number {
  return Number.parseInt(leadId.slice(0, 8), 16) % count;
}
