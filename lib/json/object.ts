/** The object that a JSON text is; without fields if the text is none. */
export function objectIn(text: string): { readonly [name: string]: unknown } {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : NO_FIELDS;
  } catch {
    return NO_FIELDS;
  }
}

const NO_FIELDS: { readonly [name: string]: unknown } = Object.freeze({});

function isObject(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
