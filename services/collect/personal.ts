import { addressIn } from '#lib/identity/address';
import type { Personal } from '#schemas/generated/records';
import type { Call } from '#services/collect/call';
import type { Identifiers } from '#services/collect/identifiers';
import { canonicalJson, cleanText, isJsonObject, type JsonObject } from '#services/collect/json';

/** What the request itself tells of the person; null where it comes from a server. */
export interface Client {
  readonly ip: string | null;
  readonly userAgent: string | null;
}

/** Fields of context that tell who the person is and have no field in Personal. */
const PLACELESS_CONTEXT: readonly string[] = ['email', 'userId', 'anonymousId', 'externalIds'];
/** Fields of context that tell who the person is. */
export const PERSONAL_CONTEXT: readonly string[] = ['ip', 'userAgent', 'traits', ...PLACELESS_CONTEXT];
/** Fields of properties that tell who the person is. */
export const PERSONAL_PROPERTIES: readonly string[] = ['email'];
/** Fields of context.device that tell whose it is. */
export const PERSONAL_DEVICE: readonly string[] = ['id', 'advertisingId', 'token', 'name'];

/**
 * Everything personal of a call, in one place. Personal fields without a field of their own here are kept in the traits
 * under the path they came from ("properties.email"). Undefined if the traits are nested too deep.
 */
export function personalOf(call: Call, identifiers: Identifiers, client: Client): Personal | undefined {
  const traits = canonicalJson(traitsOf(call, identifiers.email));
  if (traits === undefined) return undefined;
  return {
    email: identifiers.email,
    user_id: identifiers.userId,
    anonymous_id: identifiers.anonymousId,
    traits,
    ip: textOr(call.context.ip, client.ip),
    user_agent: textOr(call.context.userAgent, client.userAgent),
  };
}

/** A text of a call, else what is known otherwise. */
export function textOr(value: unknown, otherwise: string | null): string | null {
  return typeof value === 'string' && value !== '' ? cleanText(value) : otherwise;
}

/**
 * The call's traits over those of its context, which are kept beside them where they differ; the traits of a group call are the
 * company's.
 */
function traitsOf(call: Call, email: string | null): JsonObject {
  const { type, fields, traits, context } = call;
  const before = isJsonObject(context.traits) ? context.traits : undefined;
  const own = type === 'group' ? { company: { id: fields.groupId ?? undefined, ...traits } } : traits;
  const extra = movedOf(call, email);
  if (before === undefined && extra === undefined) return own;
  return { ...before, ...differing(before ?? NOTHING, own), ...extra, ...own };
}

/** Personal fields that have no place of their own, under the path they came from. */
function movedOf({ fields, context, properties }: Call, email: string | null): JsonObject | undefined {
  const device = isJsonObject(context.device) ? context.device : NOTHING;
  const misfits = MISFITS.some(([field, fits]) => isThere(context[field]) && !fits(context[field]));
  const other = isThere(fields.email) && !isAddress(fields.email, email);
  const moved = hasAny(properties, PERSONAL_PROPERTIES) || hasAny(context, PLACELESS_CONTEXT) || device !== NOTHING;
  if (!misfits && !other && !moved) return undefined;
  return Object.fromEntries([
    ...there('properties.', properties, PERSONAL_PROPERTIES),
    ...there('context.', context, PLACELESS_CONTEXT),
    ...there('context.device.', device, PERSONAL_DEVICE),
    ...MISFITS.flatMap(([field, fits]) => (fits(context[field]) ? [] : there('context.', context, [field]))),
    ...(other ? there('context.call.', fields, ['email']) : []),
  ]);
}

const NOTHING: JsonObject = {};

/** Fields of context with a place of their own, and what fits into it. */
const MISFITS: readonly (readonly [field: string, fits: (value: unknown) => boolean])[] = [
  ['traits', isJsonObject],
  ['ip', isText],
  ['userAgent', isText],
];

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function isThere(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function isAddress(value: unknown, email: string | null): boolean {
  return typeof value === 'string' && email !== null && addressIn(cleanText(value)) === email;
}

function differing(before: JsonObject, own: JsonObject): JsonObject {
  const differ = Object.keys(before).filter(
    (name) =>
      own[name] !== undefined && own[name] !== before[name] && canonicalJson(own[name]) !== canonicalJson(before[name]),
  );
  return Object.fromEntries(there('context.traits.', before, differ));
}

function hasAny(object: JsonObject, fields: readonly string[]): boolean {
  for (const field of fields) if (object[field] !== undefined) return true;
  return false;
}

function there(path: string, object: JsonObject, fields: readonly string[]): readonly (readonly [string, unknown])[] {
  const found = fields.filter((field) => object[field] !== undefined);
  return found.map((field) => [path + field, object[field]]);
}
