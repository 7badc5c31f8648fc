import type { Type } from 'avsc';
import { extentOf } from '#lib/avro/extent';
import type { SchemaRegistry } from '#lib/avro/registry';
import { type AvroRecord, isRecordSchema } from '#lib/avro/schema';
import { otherUnit } from '#lib/avro/units';
import { writerType } from '#lib/avro/writer';
import { messageOf } from '#lib/flow/errors';
import type { AnyMessage } from '#schemas/topics';

/** Reads a value of one writer's schema that takes the bytes from `at` until `end`; a text says why that is not possible. */
export type MessageReader = (bytes: Buffer, at: number, end: number) => AnyMessage | string;

/** A record's schema in this version of Leadstream, self-contained, and avsc's type of it. */
export interface PresentSchema {
  readonly schema: AvroRecord;
  readonly type: Type;
}

/**
 * Readers by the id of the writer's schema, each made once. A text instead says why there is none; an unknown id is
 * asked for again the next time, since a registry may come to know it.
 */
export function createReaders(
  registry: SchemaRegistry,
  present: ReadonlyMap<string, PresentSchema>,
): (id: number) => MessageReader | string {
  const made = new Map<number, MessageReader | string>();
  return (id) => {
    const known = made.get(id);
    if (known !== undefined) return known;
    const schema = registry.schemaOf(id);
    if (schema === undefined) return `unknown schema id ${id}`;
    const reader = makeReader(id, schema, present);
    made.set(id, reader);
    return reader;
  };
}

/** By the record's name without its namespace, as the Avro specification has it: publishers keep to their own. */
function makeReader(id: number, schema: unknown, present: ReadonlyMap<string, PresentSchema>): MessageReader | string {
  if (!isRecordSchema(schema)) return `schema ${id} is no Avro record`;
  const name = schema.name.slice(schema.name.lastIndexOf('.') + 1);
  const own = present.get(name);
  if (own === undefined) return `schema ${id} is of ${schema.name}, which is no record of ours`;
  try {
    const unit = otherUnit(schema, own.schema);
    if (unit !== undefined) return `schema ${id} of ${name} cannot be read with the present schema: ${unit}`;
    const writer = writerType(schema);
    const extent = extentOf(writer);
    const { type } = own;
    const resolver = writer.equals(writerType(own.schema))
      ? undefined
      : type.createResolver(writer, { ignoreNamespaces: true });
    return (bytes, at, end) => {
      try {
        if (extent(bytes, at, end) !== end) return `the bytes are no ${name} of schema ${id}`;
        return messageFrom(name, type.decode(bytes, at, resolver).value);
      } catch (thrown) {
        return `the bytes are no ${name} of schema ${id}: ${messageOf(thrown)}`;
      }
    };
  } catch (thrown) {
    return `schema ${id} of ${name} cannot be read with the present schema: ${messageOf(thrown)}`;
  }
}

/** The one place where decoded values get their types: the generated types and the schemas come from the same files. */
function messageFrom(type: string, value: unknown): AnyMessage {
  return { type, value } as AnyMessage;
}
