import { dead, ok } from '#lib/flow/outcome';
import { addressIn } from '#lib/identity/address';
import { namesNobody } from '#lib/identity/forbidden';
import { isAboutNobody, namesRecipient } from '#services/collect/behaviour';
import type { Call } from '#services/collect/call';
import type { Checked } from '#services/collect/checked';
import { cleanText, isJsonObject } from '#services/collect/json';

/** Who an event is about; at least one is there, unless the behaviour is about nobody. */
export interface Identifiers {
  readonly userId: string | null;
  readonly anonymousId: string | null;
  /** As addressIn has it. */
  readonly email: string | null;
}

/** In characters. */
const LONGEST_ID = 512;

/**
 * An id as text; null if it is missing or a placeholder for nobody. Numbers count as ids as long as they are exact; true and
 * false are what programs send where they know none.
 */
export function idOf(field: string, value: unknown): Checked<string | null> {
  if (value === undefined || value === null || typeof value === 'boolean') return MISSING;
  if (typeof value === 'number') {
    if (Number.isSafeInteger(value)) return given(String(value));
    return dead('mistyped_field', `${field} is a number that is not exact: send it as a text`);
  }
  if (typeof value !== 'string') return dead('mistyped_field', `${field} must be a text`);
  if (value.length > LONGEST_ID) return dead('too_long', `${field} is longer than ${LONGEST_ID} characters`);
  return given(cleanText(value.trim()));
}

function given(id: string): Checked<string | null> {
  return namesNobody(id) ? MISSING : ok(id);
}

const MISSING = ok(null);

/** `name` is the behaviour: only one that names a recipient may name its person in properties.email. */
export function identifiersOf(call: Call, name: string): Checked<Identifiers> {
  const userId = idOf('userId', call.fields.userId);
  if (userId.kind !== 'ok') return userId;
  const anonymousId = idOf('anonymousId', call.fields.anonymousId);
  if (anonymousId.kind !== 'ok') return anonymousId;
  const email = emailOf(call, name);
  if (email !== null && email.length > LONGEST_ID) {
    return dead('too_long', `email is longer than ${LONGEST_ID} characters`);
  }
  if (userId.value === null && anonymousId.value === null && email === null && !isAboutNobody(name)) {
    return dead('missing_field', 'one of userId, anonymousId and email is needed');
  }
  return ok({ userId: userId.value, anonymousId: anonymousId.value, email });
}

/** Traits of a group call are the company's, so is an address in them. */
function emailOf({ type, fields, traits, context, properties }: Call, name: string): string | null {
  return (
    (type === 'group' ? null : address(traits.email)) ??
    (isJsonObject(context.traits) ? address(context.traits.email) : null) ??
    (namesRecipient(name) ? address(properties.email) : null) ??
    address(fields.email)
  );
}

function address(value: unknown): string | null {
  return typeof value === 'string' ? addressIn(cleanText(value)) : null;
}
