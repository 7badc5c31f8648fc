/** A value and its key in a cache: what the entries of a Map and their objects take besides. */
export const ENTRY_BYTES = 120;

/** Items of a list and fields of an object that are looked at; the others are taken to be like them. */
const ITEMS = 3;
const FIELDS = 16;

/** About how many bytes of memory plain data takes. Costs little however large the data is. */
export function weightOf(value: unknown): number {
  if (typeof value === 'string') return 16 + value.length;
  if (typeof value !== 'object' || value === null) return 8;
  if (value instanceof Uint8Array) return 100 + value.byteLength;
  if (Array.isArray(value)) return 32 + listWeight(value);
  let bytes = 24;
  let fields = 0;
  const record = value as Readonly<Record<string, unknown>>;
  for (const name in record) {
    bytes += 8 + weightOf(record[name]);
    if (++fields === FIELDS) return (bytes * Object.keys(record).length) / FIELDS;
  }
  return bytes;
}

function listWeight(list: readonly unknown[]): number {
  let bytes = 0;
  const count = Math.min(list.length, ITEMS);
  for (let i = 0; i < count; i++) bytes += 8 + weightOf(list[i]);
  return count === 0 ? 0 : (bytes * list.length) / count;
}
