import type { Subject } from '#lib/model/model';

/** Reads a property as a key that tells activities apart; undefined if it is missing, empty or not a single value. */
export function keyOf(property: string): (subject: Subject) => string | undefined {
  return ({ properties }) => {
    const value = Object.hasOwn(properties, property) ? properties[property] : undefined;
    if (typeof value === 'string') return value === '' ? undefined : value;
    return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
  };
}
