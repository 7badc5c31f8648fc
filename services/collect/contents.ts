import { ok } from '#lib/flow/outcome';
import { UNMERGED } from '#services/collect/behaviour';
import type { Call } from '#services/collect/call';
import type { Checked } from '#services/collect/checked';
import { idOf } from '#services/collect/identifiers';
import { canonicalJson, canonicalJsonWith, isJsonObject, type JsonObject } from '#services/collect/json';
import { PERSONAL_CONTEXT, PERSONAL_DEVICE, PERSONAL_PROPERTIES } from '#services/collect/personal';

/** Fields of a call that have a place of their own in the event, whatever its type. */
const PLACED: readonly string[] = [
  'type',
  'event',
  'userId',
  'anonymousId',
  'email',
  'traits',
  'properties',
  'context',
  'messageId',
  'timestamp',
  'originalTimestamp',
  'sentAt',
  'receivedAt',
  'writeKey',
];

/** Fields of some types of calls that the behaviours list among their properties, and under which names. */
const PROMOTED: { readonly [type in Call['type']]: readonly (readonly [field: string, property: string])[] } = {
  track: [],
  identify: [],
  page: [
    ['name', 'name'],
    ['category', 'category'],
  ],
  screen: [
    ['name', 'name'],
    ['category', 'category'],
  ],
  group: [['groupId', 'group_id']],
  alias: [],
};

/** Fields of a call that are no part of its context. */
const KNOWN: { readonly [type in Call['type']]: ReadonlySet<string> } = {
  track: known('track'),
  identify: known('identify'),
  page: known('page'),
  screen: known('screen'),
  group: known('group'),
  alias: known('alias'),
};

function known(type: Call['type']): ReadonlySet<string> {
  return new Set([...PLACED, ...PROMOTED[type].map(([field]) => field)]);
}

/** A call that may name one more id of its person. */
function isAboutIds({ type }: Call, name: string): boolean {
  return type === 'alias' || name === UNMERGED;
}

/**
 * One more id of the person, as `properties.previous_id` or else `previousId` says it; null if neither does. Only alias calls
 * and unmerges have one.
 */
export function previousIdOf(call: Call, name: string): Checked<string | null> {
  if (!isAboutIds(call, name)) return ok(null);
  const told = idOf('properties.previous_id', call.properties.previous_id);
  return told.kind !== 'ok' || told.value !== null ? told : idOf('previousId', call.fields.previousId);
}

/**
 * The behaviour's properties without personal fields, as canonical JSON; undefined if nested too deep. `previousId`: as
 * `previousIdOf` gives it.
 */
export function propertiesOf(call: Call, name: string, previousId: string | null): string | undefined {
  const { type, fields } = call;
  const aboutIds = isAboutIds(call, name);
  const properties = aboutIds ? without(call.properties, ['previous_id']) : call.properties;
  let more: { [property: string]: unknown } | undefined = previousId === null ? undefined : { previous_id: previousId };
  for (const [field, property] of PROMOTED[type]) {
    if (fields[field] === undefined || fields[field] === null || Object.hasOwn(properties, property)) continue;
    more ??= {};
    more[property] = fields[field];
  }
  return more === undefined
    ? canonicalJson(properties, PERSONAL_PROPERTIES)
    : canonicalJsonWith(more, properties, PERSONAL_PROPERTIES);
}

/** What Segment's libraries and archives add on the way: of the transport, not of what happened. */
const TRANSPORT: ReadonlySet<string> = new Set([
  'channel',
  'integrations',
  'metadata',
  'projectId',
  'version',
  '_metadata',
]);

/** Begins the name of a call's field whose name its context has, too. */
const BESIDE = 'call.';

export interface ContextTexts {
  /** The call's context without personal fields. Fields of the call that nobody knows are kept here. */
  readonly kept: string;
  /** The same without what the transport adds: equal for a call and for its copy in an archive. */
  readonly said: string;
}

/** As canonical JSON; undefined if nested too deep. A field without a value says nothing. */
export function contextOf(call: Call, name: string): ContextTexts | undefined {
  const { type, fields, context } = call;
  const aboutIds = isAboutIds(call, name);
  let unknown: [field: string, value: unknown][] | undefined;
  let isAllSaid = true;
  for (const field of Object.keys(fields)) {
    const value = fields[field];
    if (value === null || KNOWN[type].has(field) || (aboutIds && field === 'previousId')) continue;
    unknown ??= [];
    unknown.push([Object.hasOwn(context, field) ? `${BESIDE}${field}` : field, value]);
    if (TRANSPORT.has(field)) isAllSaid = false;
  }
  const device = isJsonObject(context.device) ? without(context.device, PERSONAL_DEVICE) : context.device;
  if (unknown === undefined && device === context.device) return both(canonicalJson(context, PERSONAL_CONTEXT));
  const kept = canonicalJson({ ...Object.fromEntries(unknown ?? []), ...context, device }, PERSONAL_CONTEXT);
  if (isAllSaid || kept === undefined) return both(kept);
  const said =
    unknown?.filter(([field]) => !TRANSPORT.has(field.startsWith(BESIDE) ? field.slice(BESIDE.length) : field)) ?? [];
  const text = canonicalJson({ ...Object.fromEntries(said), ...context, device }, PERSONAL_CONTEXT);
  return text === undefined ? undefined : { kept, said: text };
}

function both(text: string | undefined): ContextTexts | undefined {
  return text === undefined ? undefined : { kept: text, said: text };
}

function without(object: JsonObject, fields: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([field]) => !fields.includes(field)));
}
