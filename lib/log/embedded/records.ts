/**
 * Records one after the other: 2 bytes of key length (0xffff: no key), 4 of value length, key in UTF-8, value as encoded.
 * Numbers are big-endian.
 */
export const RECORD_HEADER = 6;
export const NO_KEY = 0xffff;

/** Bytes of the key of the record at a place; 0 if it has none. */
export function keySizeAt(records: Buffer, place: number): number {
  const size = records.readUInt16BE(place);
  return size === NO_KEY ? 0 : size;
}

/** The place after the record at a place. */
export function recordEnd(records: Buffer, place: number): number {
  return place + RECORD_HEADER + keySizeAt(records, place) + records.readUInt32BE(place + 2);
}

/** How many records from a place on take at most `bytes`, and the place after them. */
export function recordsWithin(
  records: Buffer,
  place: number,
  bytes: number,
): { readonly count: number; readonly end: number } {
  let count = 0;
  let end = place;
  while (end < records.length) {
    const next = recordEnd(records, end);
    if (next - place > bytes) break;
    end = next;
    count++;
  }
  return { count, end };
}
