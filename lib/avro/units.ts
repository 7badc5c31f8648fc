import { fieldsOf } from '#lib/avro/writer';

/**
 * The first field whose time the writer counts in another unit than the reader, as words; undefined if there is none. Avro
 * lets a reader take microseconds for milliseconds, and so does a registry's check. A plain number is taken as it is.
 */
export function otherUnit(writer: unknown, reader: unknown): string | undefined {
  const units = new Map(fieldsOf(reader).map(({ name, type }) => [name, unitOf(type)]));
  for (const { name, type } of fieldsOf(writer)) {
    const written = unitOf(type);
    const read = units.get(name);
    if (written !== undefined && read !== undefined && written !== read) {
      return `it has ${String(name)} in ${written}, which must be ${read}`;
    }
  }
  return undefined;
}

/** The logical type of a time, also of one that may be null. */
function unitOf(type: unknown): string | undefined {
  if (Array.isArray(type)) return type.map(unitOf).find((unit) => unit !== undefined);
  if (typeof type !== 'object' || type === null) return undefined;
  if ('logicalType' in type && typeof type.logicalType === 'string' && TIME.test(type.logicalType)) {
    return type.logicalType;
  }
  return 'type' in type ? unitOf(type.type) : undefined;
}

const TIME = /^timestamp-|^date$/;
