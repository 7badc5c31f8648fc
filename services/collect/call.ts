import { type Dead, dead, ok } from '#lib/flow/outcome';
import type { Checked } from '#services/collect/checked';
import { isJsonObject, type JsonObject } from '#services/collect/json';

/** Segment's kinds of calls. */
export const CALL_TYPES = ['track', 'identify', 'page', 'screen', 'group', 'alias'] as const;

export type CallType = (typeof CALL_TYPES)[number];

const TYPES: ReadonlySet<unknown> = new Set(CALL_TYPES);

function isCallType(value: unknown): value is CallType {
  return TYPES.has(value);
}

/** A call whose outer shape is right. */
export interface Call {
  readonly type: CallType;
  readonly fields: JsonObject;
  readonly properties: JsonObject;
  readonly traits: JsonObject;
  readonly context: JsonObject;
}

const NOTHING: JsonObject = {};

/** `type` is known where the address says it (/v1/track), else the call's own. */
export function callOf(value: unknown, type?: CallType): Checked<Call> {
  if (!isJsonObject(value)) return dead('mistyped_field', 'a call must be a JSON object');
  const kind = type ?? value.type;
  if (kind === undefined || kind === null) return dead('missing_field', `type is missing: one of ${TYPE_LIST}`);
  if (!isCallType(kind)) return dead('mistyped_field', `type must be one of ${TYPE_LIST}`);
  const properties = part(value, 'properties');
  if (properties === undefined) return mistyped('properties');
  const traits = part(value, 'traits');
  if (traits === undefined) return mistyped('traits');
  const context = part(value, 'context');
  if (context === undefined) return mistyped('context');
  return ok({ type: kind, fields: value, properties, traits, context });
}

const TYPE_LIST = CALL_TYPES.join(', ');

function part(fields: JsonObject, name: string): JsonObject | undefined {
  const value = fields[name];
  if (value === undefined || value === null) return NOTHING;
  return isJsonObject(value) ? value : undefined;
}

function mistyped(field: string): Dead {
  return dead('mistyped_field', `${field} must be a JSON object`);
}
