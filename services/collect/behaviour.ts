import { behaviourName } from '#lib/behaviour/name';
import { type Dead, dead, ok } from '#lib/flow/outcome';
import { remembered } from '#lib/hash/remembered';
import { BEHAVIOURS, REQUIRED_PROPERTIES, WITH_RECIPIENT } from '#schemas/generated/behaviours';
import type { CallType } from '#services/collect/call';
import type { Checked } from '#services/collect/checked';
import { cleanText, type JsonObject } from '#services/collect/json';

/** In characters. */
const LONGEST_NAME = 200;

/** What takes back that an event has named two ids together. */
export const UNMERGED = 'unmerged';

/** Reports of money that was spent. */
export const COST_RECORDED = 'cost_recorded';

/** Publishers report the same few names again and again. */
const nameOf = remembered((event) => behaviourName(cleanText(event.trim())), { size: 1000, longest: LONGEST_NAME });

const REQUIRED: ReadonlyMap<string, readonly (readonly [property: string, type: string])[]> = new Map(
  BEHAVIOURS.map((name) => [name, Object.entries(REQUIRED_PROPERTIES[name] ?? {})]),
);

/** The behaviour that a call reports, under the name that it is stored by (`lib/behaviour`). */
export function behaviourOf(type: CallType, call: JsonObject): Checked<string> {
  switch (type) {
    case 'track':
      return trackedName(call.event);
    case 'page':
    case 'screen':
      return ok('page_viewed');
    case 'identify':
      return ok('identified');
    case 'group':
      return ok('grouped');
    case 'alias':
      return ok('aliased');
  }
}

function trackedName(event: unknown): Checked<string> {
  if (event === undefined || event === null) return dead('missing_field', 'event is missing: name the behaviour');
  if (typeof event !== 'string') return dead('mistyped_field', 'event must be a text');
  if (event.trim() === '') return dead('missing_field', 'event is empty: name the behaviour');
  if (event.length > LONGEST_NAME) return dead('too_long', `event is longer than ${LONGEST_NAME} characters`);
  return ok(nameOf(event));
}

const RECIPIENTS: ReadonlySet<string> = new Set(WITH_RECIPIENT);

/** A behaviour that its definition says is about a mail or a mailing list: properties.email is the recipient. */
export function namesRecipient(name: string): boolean {
  return RECIPIENTS.has(name);
}

/** Money that was spent is reported of nobody. */
export function isAboutNobody(name: string): boolean {
  return name === COST_RECORDED;
}

const NONE: readonly (readonly [property: string, type: string])[] = [];

/** What is wrong with the properties that the behaviour cannot do without; undefined if nothing is. */
export function faultIn(name: string, properties: JsonObject): Dead | undefined {
  for (const [property, type] of REQUIRED.get(name) ?? NONE) {
    const value = properties[property];
    if (value === undefined || value === null || value === '') {
      return dead('missing_field', `properties.${property} is missing: ${name} needs it`);
    }
    if (type === 'string' ? typeof value !== 'string' : typeof value !== 'number' || !Number.isFinite(value)) {
      return dead('mistyped_field', `properties.${property} must be a ${type === 'string' ? 'text' : 'number'}`);
    }
  }
  return undefined;
}

/** Whether a property that the behaviour cannot do without is a number. */
export function isNumber(name: string, property: string): boolean {
  return (REQUIRED.get(name) ?? NONE).some(([required, type]) => required === property && type !== 'string');
}
