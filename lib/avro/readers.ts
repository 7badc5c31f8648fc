import type { Type } from 'avsc';
import { extentOf } from '#lib/avro/extent';
import type { Origins } from '#lib/avro/origins';
import { noteOrigin, Page } from '#lib/avro/page';
import type { SchemaRegistry } from '#lib/avro/registry';
import { type AvroRecord, isRecordSchema } from '#lib/avro/schema';
import { Tap, type TapType } from '#lib/avro/tap';
import { otherUnit } from '#lib/avro/units';
import { writerType } from '#lib/avro/writer';
import { messageOf } from '#lib/flow/errors';
import type { AnyMessage } from '#schemas/topics';

/**
 * Reads a value of one writer's schema that takes the bytes from `at` until `end`; a text says why that is not possible.
 * `page`: the bytes hold other messages too, and stay as they are.
 */
export type MessageReader = (bytes: Buffer, at: number, end: number, page: boolean) => AnyMessage | string;

/** A record's schema in this version of Leadstream, self-contained, and avsc's type of it. */
export interface PresentSchema {
  readonly schema: AvroRecord;
  readonly type: Type & TapType;
}

/**
 * Readers by the id of the writer's schema, each made once. A text instead says why there is none; an unknown id is
 * asked for again the next time, since a registry may come to know it.
 */
export function createReaders(
  registry: SchemaRegistry,
  present: ReadonlyMap<string, PresentSchema>,
  origins: Origins,
): (id: number) => MessageReader | string {
  const made = new Map<number, MessageReader | string>();
  return (id) => {
    const known = made.get(id);
    if (known !== undefined) return known;
    const schema = registry.schemaOf(id);
    if (schema === undefined) return `unknown schema id ${id}`;
    const reader = makeReader(id, schema, present, origins);
    made.set(id, reader);
    return reader;
  };
}

/** By the record's name without its namespace, as the Avro specification has it: publishers keep to their own. */
function makeReader(
  id: number,
  schema: unknown,
  present: ReadonlyMap<string, PresentSchema>,
  origins: Origins,
): MessageReader | string {
  if (!isRecordSchema(schema)) return `schema ${id} is no Avro record`;
  const name = schema.name.slice(schema.name.lastIndexOf('.') + 1);
  const own = present.get(name);
  if (own === undefined) return `schema ${id} is of ${schema.name}, which is no record of ours`;
  try {
    const unit = otherUnit(schema, own.schema);
    if (unit !== undefined) return `schema ${id} of ${name} cannot be read with the present schema: ${unit}`;
    const writer = writerType(schema);
    const same = writer.equals(writerType(own.schema));
    const extent = same ? undefined : extentOf(writer);
    const type: TapType = same ? own.type : resolved(own.type, writer);
    const tap = new Tap();
    const noSuch = `the bytes are no ${name} of schema ${id}`;
    const noted = same && origins.mayCopy(own.type.name) ? own.type.name : undefined;
    let from: Page | undefined;
    return (bytes, at, end, page) => {
      try {
        // What a resolver skips it does not check.
        if (extent !== undefined && extent(bytes, at, end) !== end) return noSuch;
        tap.open(bytes, at, end);
        const value = type._read(tap);
        if (tap.pos !== end) return `${noSuch}: there are more of them`;
        if (page && tap.exact && noted !== undefined) {
          if (from?.bytes !== bytes) from = new Page(origins, noted, bytes);
          noteOrigin(value as object, from, at, end);
        }
        return messageFrom(name, value);
      } catch (thrown) {
        return `${noSuch}: ${messageOf(thrown)}`;
      } finally {
        tap.close();
      }
    };
  } catch (thrown) {
    return `schema ${id} of ${name} cannot be read with the present schema: ${messageOf(thrown)}`;
  }
}

/** avsc's way from what a writer wrote to the present type. Throws if there is none. */
function resolved(type: Type, writer: Type): TapType {
  return type.createResolver(writer, { ignoreNamespaces: true }) as TapType;
}

/** The one place where decoded values get their types: the generated types and the schemas come from the same files. */
function messageFrom(type: string, value: unknown): AnyMessage {
  return { type, value } as AnyMessage;
}
