import { remembered } from '#lib/hash/remembered';

/** A parsed JSON object. */
export interface JsonObject {
  readonly [field: string]: unknown;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Values nested deeper than this are refused: whoever reads them recursively must not run out of stack. */
export const MAX_DEPTH = 64;

/** Text that JSON writes as it is. */
const PLAIN = /^[ !#-[\]-~]*$/;
const UNSAFE = /[\0\ud800-\udfff]/;
const REPLACED = /\0|\p{Surrogate}/gu;

/**
 * NUL characters and lone surrogates become U+FFFD: the first end keys in some stores, the second have no UTF-8 form and
 * would come back from the log as another text.
 */
export function cleanText(text: string): string {
  return UNSAFE.test(text) ? text.replace(REPLACED, '\ufffd') : text;
}

/**
 * The one JSON text of a value: keys in order of their UTF-16 units, no spaces, texts cleaned. `skip` leaves out fields
 * of the outermost object. Undefined if the value is nested deeper than MAX_DEPTH.
 */
export function canonicalJson(value: unknown, skip?: readonly string[]): string | undefined {
  return isJsonObject(value) ? writeObject(value, 1, skip) : write(value, 0);
}

/** The same for an object and `more` fields, which it has not. */
export function canonicalJsonWith(more: JsonObject, object: JsonObject, skip?: readonly string[]): string | undefined {
  return writeObject(object, 1, skip, more);
}

function write(value: unknown, depth: number): string | undefined {
  if (typeof value === 'string') return writeText(value);
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : 'null';
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (depth === MAX_DEPTH) return value === null || value === undefined ? 'null' : undefined;
  if (Array.isArray(value)) return writeArray(value, depth + 1);
  return isJsonObject(value) ? writeObject(value, depth + 1) : 'null';
}

function writeText(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(cleanText(text));
}

function writeArray(values: readonly unknown[], depth: number): string | undefined {
  let out = '';
  for (const value of values) {
    const text = write(value, depth);
    if (text === undefined) return undefined;
    out += out === '' ? text : `,${text}`;
  }
  return `[${out}]`;
}

function writeObject(
  object: JsonObject,
  depth: number,
  skip?: readonly string[],
  more?: JsonObject,
): string | undefined {
  let out = '';
  for (const key of sortedKeys(object, more)) {
    const value = more !== undefined && Object.hasOwn(more, key) ? more[key] : object[key];
    if (value === undefined || skip?.includes(key)) continue;
    const text = write(value, depth);
    if (text === undefined) return undefined;
    out += (out === '' ? firstName(key) : nextName(key)) + text;
  }
  return out === '' ? '{}' : `${out}}`;
}

/** Calls have the same few names of fields again and again. */
const NAMES = { size: 1000, longest: 50 };
const firstName = remembered((name) => `{${writeText(name)}:`, NAMES);
const nextName = remembered((name) => `,${writeText(name)}:`, NAMES);

/** From here on Array.sort is worth the memory it takes at each call. */
const MANY = 30;

function sortedKeys(object: JsonObject, more: JsonObject | undefined): readonly string[] {
  const own = Object.keys(object);
  const keys = more === undefined ? own : own.concat(Object.keys(more));
  return keys.length < MANY ? insertionSorted(keys) : keys.sort();
}

function insertionSorted(keys: string[]): readonly string[] {
  keys.forEach((key, at) => {
    let place = at;
    for (let before = keys[place - 1]; before !== undefined && before > key; before = keys[place - 1]) {
      keys[place] = before;
      place -= 1;
    }
    keys[place] = key;
  });
  return keys;
}
