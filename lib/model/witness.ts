import type { Asked, Condition } from '#lib/model/condition';
import type { Hint, Literal } from '#lib/model/hints';
import { REQUIRED_PROPERTIES } from '#schemas/generated/behaviours';

/** An event that conditions hold for. */
export interface Witness {
  /** As a marketer would name it. */
  readonly told: string;
}

/** Events looked at for one set of conditions, and sets looked at; people's conditions need far fewer. */
const MOST_EVENTS = 2_000;
const MOST_SETS = 100;

/**
 * Looks for one event with one of the names for which all conditions hold, among those made of what the conditions compare
 * with. Found: it is proven that they can hold together. undefined proves nothing.
 */
export function createWitnesses(): (conditions: readonly Condition[], names: readonly string[]) => Witness | undefined {
  const known = new Map<string, Witness | undefined>();
  return (conditions, names) => {
    const key = JSON.stringify([conditions.map(({ text }) => text).sort(), [...names].sort()]);
    if (known.has(key) || known.size >= MOST_SETS) return known.get(key);
    const found = search(conditions, names);
    known.set(key, found);
    return found;
  };
}

function search(conditions: readonly Condition[], names: readonly string[]): Witness | undefined {
  let left = MOST_EVENTS;
  for (const name of names) {
    const fields = fieldsOf(conditions, name);
    for (const values of choices(fields)) {
      if (left-- <= 0) return undefined;
      const event = eventOf(name, fields, values);
      if (conditions.every(({ matches }) => matches(event))) return { told: tell(name, fields, values) };
    }
  }
  return undefined;
}

interface Field {
  readonly hint: Hint;
  /** undefined: the event does not have it. */
  readonly candidates: readonly (Literal | undefined)[];
}

function fieldsOf(conditions: readonly Condition[], event: string): readonly Field[] {
  const byName = new Map<string, Hint>();
  for (const hint of conditions.flatMap(({ hints }) => hints)) {
    if (hint.property === undefined && hint.field === 'name') continue;
    const name = `${hint.field} ${hint.property}`;
    byName.set(name, { ...hint, values: [...(byName.get(name)?.values ?? []), ...hint.values] });
  }
  return [...byName.values()].map((hint) => {
    const type = REQUIRED_PROPERTIES[event]?.[hint.property ?? ''];
    return { hint, candidates: candidatesOf(hint).filter((value) => type === undefined || isOfType(value, type)) };
  });
}

/** An event without what it must have is no event. */
function isOfType(value: Literal | undefined, type: string): boolean {
  return typeof value === (type === 'double' ? 'number' : type);
}

/** The values themselves, and those beside them: a little more and less, one text after another, none. */
function candidatesOf({ property, values }: Hint): readonly (Literal | undefined)[] {
  const texts = values.filter((value) => typeof value === 'string');
  const joined = texts.flatMap((one) => texts.filter((other) => other !== one).map((other) => one + other));
  const near = [...texts, ...joined, ...texts.map((text) => `${text}-`)];
  if (property === undefined) return [...new Set([...near, undefined, 'any'])];
  const numbers = values.filter((value) => typeof value === 'number');
  const beside = numbers.flatMap((value) => [value, value + 1, value - 1]);
  return [...new Set([...beside, ...near, true, false, undefined, 'any'])];
}

function* choices(fields: readonly Field[]): Generator<readonly (Literal | undefined)[]> {
  const [first, ...rest] = fields;
  if (first === undefined) {
    yield [];
    return;
  }
  for (const value of first.candidates) for (const others of choices(rest)) yield [value, ...others];
}

const NOWHERE = { path: null, url: null, referrer: null, title: null, source: null, medium: null, campaign: null };

function eventOf(name: string, fields: readonly Field[], values: readonly (Literal | undefined)[]): Asked {
  const given = fields.flatMap(({ hint }, place) => {
    const value = values[place];
    return value === undefined ? [] : [{ hint, value }];
  });
  const texts = given.flatMap(({ hint: { property, field }, value }) =>
    property === undefined ? [[field, value]] : [],
  );
  const properties = given.flatMap(({ hint: { property }, value }) =>
    property === undefined ? [] : [[property, value]],
  );
  return {
    activity: { ...NOWHERE, ...Object.fromEntries(texts), name },
    properties: Object.fromEntries(properties),
  };
}

function tell(name: string, fields: readonly Field[], values: readonly (Literal | undefined)[]): string {
  const given = fields.flatMap(({ hint: { property, field } }, place) => {
    const value = values[place];
    return value === undefined ? [] : [`${property ?? field} ${typeof value === 'string' ? `"${value}"` : value}`];
  });
  return given.length === 0 ? name : `${name} with ${given.join(' and ')}`;
}
