import fc from 'fast-check';
import { type AvroRecord, type AvroSchema, isUnion, RECORD_SCHEMAS } from '#lib/avro/schema';

/** Any value of a record of schemas/: what a codec or a log must give back as it was. */
export function arbitraryRecord(name: string): fc.Arbitrary<object> {
  const record = RECORD_SCHEMAS[name];
  if (record === undefined) throw new Error(`there is no schema named ${name}`);
  return ofRecord(record);
}

function ofRecord(record: AvroRecord): fc.Arbitrary<object> {
  return fc.record(Object.fromEntries(record.fields.map((field) => [field.name, ofSchema(field.type)])), {
    noNullPrototype: true,
  });
}

function ofSchema(schema: AvroSchema): fc.Arbitrary<unknown> {
  if (typeof schema === 'string') return PRIMITIVES[schema] ?? arbitraryRecord(schema.replace(/^leadstream\./, ''));
  if (isUnion(schema)) return fc.oneof(...schema.map(ofSchema));
  switch (schema.type) {
    case 'record':
      return ofRecord(schema);
    case 'enum':
      return fc.constantFrom(...schema.symbols);
    case 'array':
      return fc.array(ofSchema(schema.items), { maxLength: 4 });
    case 'map':
      return fc.dictionary(fc.webPath(), ofSchema(schema.values), { maxKeys: 4, noNullPrototype: true });
    default:
      return ofSchema(schema.type);
  }
}

const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme', minLength: 60, maxLength: 80 }));

const PRIMITIVES: { readonly [type: string]: fc.Arbitrary<unknown> } = {
  null: fc.constant(null),
  boolean: fc.boolean(),
  int: fc.integer(),
  // avsc is exact up to 2^52: offsets, sequence numbers and every time from 140,000 years ago to as far ahead
  long: fc.integer({ min: -(2 ** 52), max: 2 ** 52 }),
  double: fc.double(),
  string: text,
  bytes: fc.uint8Array({ maxLength: 200 }),
};
