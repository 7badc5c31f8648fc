import generated from '../../schemas/generated/schemas.json' with { type: 'json' };

/** An Avro schema as JSON, as far as schemas/ uses the language. */
export type AvroSchema = string | readonly AvroSchema[] | AvroObject;

export type AvroObject =
  | AvroRecord
  | { readonly type: 'enum'; readonly name: string; readonly symbols: readonly string[] }
  | { readonly type: 'array'; readonly items: AvroSchema }
  | { readonly type: 'map'; readonly values: AvroSchema }
  | { readonly type: 'long' | 'int' | 'bytes' | 'string'; readonly logicalType: string };

export interface AvroRecord {
  readonly type: 'record';
  readonly namespace?: string;
  readonly name: string;
  readonly doc?: string;
  readonly fields: readonly AvroField[];
}

export interface AvroField {
  readonly name: string;
  readonly type: AvroSchema;
  readonly doc?: string;
  readonly default?: unknown;
}

/** Records by name; they refer to each other by full name. */
export type RecordSchemas = { readonly [name: string]: AvroRecord };

/** The schemas of this version of Leadstream. */
export const RECORD_SCHEMAS: RecordSchemas = readSchemas(generated);

/**
 * A record's schema with every record that it refers to defined in place, at its first mention, and without docs: what
 * a registry keeps, so that a changed comment is no new version.
 */
export function selfContained(name: string, schemas: RecordSchemas): AvroRecord {
  const defined = new Set<string>();
  const inline = (schema: AvroSchema): AvroSchema => {
    if (typeof schema === 'string') {
      const referred = schemas[schema.replace(/^leadstream\./, '')];
      if (referred === undefined || defined.has(referred.name)) return schema;
      return inlineRecord(referred);
    }
    if (isUnion(schema)) return schema.map(inline);
    switch (schema.type) {
      case 'record':
        return inlineRecord(schema);
      case 'array':
        return { type: 'array', items: inline(schema.items) };
      case 'map':
        return { type: 'map', values: inline(schema.values) };
      default:
        return schema;
    }
  };
  const inlineRecord = (record: AvroRecord): AvroRecord => {
    defined.add(record.name);
    return {
      type: 'record',
      ...(record.namespace === undefined ? {} : { namespace: record.namespace }),
      name: record.name,
      fields: record.fields.map((field) => ({
        name: field.name,
        type: inline(field.type),
        ...('default' in field ? { default: field.default } : {}),
      })),
    };
  };
  const record = schemas[name];
  if (record === undefined) throw new Error(`there is no schema named ${name}`);
  return inlineRecord(record);
}

export function isUnion(schema: AvroSchema): schema is readonly AvroSchema[] {
  return Array.isArray(schema);
}

/** Whether JSON from a registry is a record's schema; its inner types are checked when a reader is made of it. */
export function isRecordSchema(json: unknown): json is AvroRecord {
  return (
    typeof json === 'object' &&
    json !== null &&
    'type' in json &&
    json.type === 'record' &&
    'name' in json &&
    typeof json.name === 'string' &&
    'fields' in json &&
    Array.isArray(json.fields)
  );
}

function readSchemas(json: { readonly [name: string]: unknown }): RecordSchemas {
  const records: Record<string, AvroRecord> = {};
  for (const [name, schema] of Object.entries(json)) {
    if (!isRecordSchema(schema))
      throw new Error(`schemas/generated/schemas.json: ${name} is no record; run npm run gen`);
    records[name] = schema;
  }
  return records;
}
