import { behaviourName } from '#lib/behaviour/name';
import { type Comparison, isOrdering } from '#lib/model/comparisons';
import type { Misread } from '#lib/model/misread';
import { PROPERTY_TYPES } from '#schemas/generated/property-types';

/** What is wrong with a comparison, and what to write instead. */
export type Mistyped = Pick<Misread, 'problem' | 'remedy'>;

/** Fields that are stored in lower case. */
const LOWER_CASE: ReadonlySet<string> = new Set(['email', 'email_domain']);

/** A comparison that is never as meant, whatever behaviour is at hand; undefined: it may be. */
export function mistypedAnywhere(comparison: Comparison): Mistyped | undefined {
  const { of, value } = comparison;
  if (typeof value !== 'string') return undefined;
  if (of.kind !== 'field' && isOrdering(comparison) && isNumeric(value)) {
    return {
      problem: `${of.name} is compared with the text "${value}", and a number is never more or less than a text`,
      remedy: `write it without quotes: ${value.trim()}`,
    };
  }
  if (of.kind === 'field' && of.name === 'name' && behaviourName(value) !== value) return storedAs(value);
  if (of.kind === 'field' && LOWER_CASE.has(of.name) && value !== value.toLowerCase()) {
    const problem = `lead.${of.name} is in lower case, and never "${value}"`;
    return { problem, remedy: `write "${value.toLowerCase()}"` };
  }
  return undefined;
}

/** A comparison of a standard behaviour's property with a value that it does not have by its definition. */
export function mistypedProperty(behaviour: string, { of, value }: Comparison): Mistyped | undefined {
  if (of.kind !== 'property') return undefined;
  const declared = KINDS[PROPERTY_TYPES[behaviour]?.[of.name] ?? ''];
  if (declared === undefined || typeof value === declared.type) return undefined;
  const written = typeof value === 'string' ? `the text "${value}"` : String(value);
  const remedy =
    declared.type === 'string'
      ? `write it in quotes: "${value}"`
      : typeof value === 'string' && isNumeric(value)
        ? `write it without quotes: ${value.trim()}`
        : `compare it with ${declared.called}`;
  return { problem: `${of.name} of ${behaviour} is ${declared.called}, and is compared with ${written}`, remedy };
}

/** What to say of a name that no activity bears, because behaviours are stored under another one. */
export function storedAs(written: string): Mistyped {
  const name = behaviourName(written);
  return { problem: `no behaviour is called "${written}": it is stored as ${name}`, remedy: `write ${name}` };
}

const NUMBER = { type: 'number', called: 'a number' };

/** By Avro type. */
const KINDS: { readonly [avro: string]: { readonly type: string; readonly called: string } } = {
  string: { type: 'string', called: 'a text' },
  boolean: { type: 'boolean', called: 'true or false' },
  int: NUMBER,
  long: NUMBER,
  double: NUMBER,
};

function isNumeric(text: string): boolean {
  return /^\s*-?\d+(\.\d+)?\s*$/.test(text);
}
