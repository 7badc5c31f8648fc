import { behaviourOf, isNumber } from '#services/collect/behaviour';
import type { JsonObject } from '#services/collect/json';

/** A transparent image of one pixel, 43 bytes. */
export const GIF = Buffer.from('R0lGODlhAQABAPAAAAAAAAAAACH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==', 'base64');

/** Parameters that are fields of the call; any other is a property. */
const FIELDS: ReadonlySet<string> = new Set(['userId', 'anonymousId', 'email', 'messageId', 'timestamp', 'writeKey']);
const NAMES: ReadonlySet<string> = new Set(['name', 'event']);

/** The call that a pixel's query stands for: a page call for the referring page unless it names a behaviour. */
export function pixelCall(query: JsonObject, referer: string | undefined): JsonObject {
  const parameters = Object.entries(query).map(([name, value]) => [name, first(value)] as const);
  const fields = parameters.filter(([name]) => FIELDS.has(name));
  const properties = parameters.filter(([name]) => !FIELDS.has(name) && !NAMES.has(name));
  const event = first(query.event ?? query.name);
  const named = event !== undefined && event !== '';
  const behaviour = named ? behaviourOf('track', { event }) : undefined;
  const typed = (name: string, value: unknown) =>
    behaviour?.kind === 'ok' && isNumber(behaviour.value, name) ? numberIn(value) : value;
  const page = named || referer === undefined ? {} : { url: referer };
  return {
    ...Object.fromEntries(fields),
    ...(named ? { type: 'track', event } : { type: 'page' }),
    properties: { ...page, ...Object.fromEntries(properties.map(([name, value]) => [name, typed(name, value)])) },
  };
}

function first(value: unknown): unknown {
  return Array.isArray(value) ? value[0] : value;
}

/** A query knows texts only: one that is a number stands for it, any other stays and is refused where a number is needed. */
function numberIn(value: unknown): unknown {
  return typeof value === 'string' && /^-?\d+(?:\.\d+)?$/.test(value) ? Number(value) : value;
}
