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
  return write(value, skip, 0);
}

function write(value: unknown, skip: readonly string[] | undefined, depth: number): string | undefined {
  if (typeof value === 'string') return writeText(value);
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : 'null';
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (depth === MAX_DEPTH) return value === null || value === undefined ? 'null' : undefined;
  if (Array.isArray(value)) return writeArray(value, depth + 1);
  return isJsonObject(value) ? writeObject(value, skip, depth + 1) : 'null';
}

function writeText(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(cleanText(text));
}

function writeArray(values: readonly unknown[], depth: number): string | undefined {
  let out = '';
  for (const value of values) {
    const text = write(value, undefined, depth);
    if (text === undefined) return undefined;
    out += out === '' ? text : `,${text}`;
  }
  return `[${out}]`;
}

function writeObject(object: JsonObject, skip: readonly string[] | undefined, depth: number): string | undefined {
  let out = '';
  for (const key of sortedKeys(object)) {
    const value = object[key];
    if (value === undefined || skip?.includes(key)) continue;
    const text = write(value, undefined, depth);
    if (text === undefined) return undefined;
    out += out === '' ? `${writeText(key)}:${text}` : `,${writeText(key)}:${text}`;
  }
  return `{${out}}`;
}

function sortedKeys(object: JsonObject): readonly string[] {
  const keys = Object.keys(object);
  let before = '';
  for (const key of keys) {
    if (key < before) return keys.sort();
    before = key;
  }
  return keys;
}
