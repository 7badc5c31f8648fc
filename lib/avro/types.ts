import avsc from 'avsc';
import { ListType } from '#lib/avro/list';
import { TextMapType } from '#lib/avro/map';
import { LongType } from '#lib/avro/number';
import { OptionalTextType, OptionalType } from '#lib/avro/optional';
import { type AvroRecord, type AvroSchema, isUnion } from '#lib/avro/schema';
import type { TapType } from '#lib/avro/tap';
import { TextType } from '#lib/avro/text';

/** Bytes are plain Uint8Arrays of their own memory, not Node's Buffers. */
class OctetsType extends avsc.types.LogicalType {
  protected override _fromValue(buffer: Uint8Array): Uint8Array {
    return new Uint8Array(buffer);
  }

  protected override _toValue(value: unknown): Buffer | undefined {
    return value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : undefined;
  }

  protected override _resolve(type: avsc.Type): unknown {
    return avsc.Type.isType(type, 'bytes') || avsc.Type.isType(type, 'logical:octets')
      ? (buffer: Uint8Array) => this._fromValue(buffer)
      : undefined;
  }
}

/**
 * avsc's type of a self-contained schema; what it decodes are plain objects. `optional` makes the types of unions of null and
 * another type, `list` those of arrays. Throws for a schema that is none.
 */
export function typeOf(schema: AvroRecord, optional = OptionalType, list = ListType): avsc.Type & TapType {
  const registry: Record<string, avsc.Type> = {};
  const type = avsc.Type.forSchema(JSON.parse(JSON.stringify(withOctets(schema))), {
    registry,
    typeHook(inner, options) {
      if (Array.isArray(inner) && inner.length === 2 && inner[0] === 'null') {
        return inner[1] === 'string' ? new OptionalTextType(inner, options) : new optional(inner, options);
      }
      switch (typeof inner === 'object' && 'type' in inner ? inner.type : inner) {
        case 'string':
          return new TextType();
        case 'long':
          return new LongType();
        case 'array':
          return new list(inner, options);
        case 'map':
          return new TextMapType(inner, options);
        default:
          return undefined;
      }
    },
    logicalTypes: { octets: OctetsType },
    omitRecordMethods: true,
    wrapUnions: 'never',
  });
  for (const named of Object.values(registry)) {
    if (named instanceof avsc.types.RecordType) named.recordConstructor.prototype = Object.prototype;
  }
  return type as avsc.Type & TapType;
}

function withOctets(schema: AvroSchema): AvroSchema {
  if (schema === 'bytes') return { type: 'bytes', logicalType: 'octets' };
  if (typeof schema === 'string') return schema;
  if (isUnion(schema)) return schema.map(withOctets);
  switch (schema.type) {
    case 'record':
      return {
        ...schema,
        fields: schema.fields.map((field) => ({ ...field, type: withOctets(field.type) })),
      };
    case 'array':
      return { type: 'array', items: withOctets(schema.items) };
    case 'map':
      return { type: 'map', values: withOctets(schema.values) };
    default:
      return schema;
  }
}
