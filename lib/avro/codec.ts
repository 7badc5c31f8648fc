import { createReaders, type PresentSchema } from '#lib/avro/readers';
import type { SchemaRegistry } from '#lib/avro/registry';
import { RECORD_SCHEMAS, type RecordSchemas, selfContained } from '#lib/avro/schema';
import { typeOf } from '#lib/avro/types';
import { mayBeIllFormed, wellFormed } from '#lib/avro/wellformed';
import { Undecodable } from '#lib/flow/log';
import type { AnyMessage } from '#schemas/topics';

/**
 * Messages as bytes in Confluent's wire format: a zero byte, the schema's id as 4 bytes big-endian, Avro binary.
 * https://docs.confluent.io/platform/current/schema-registry/fundamentals/serdes-develop/index.html#wire-format
 */
export interface Codec {
  /**
   * Writes a message into `target` at `at` and returns where it ends, or the number of bytes missing as a negative
   * number. Throws for a value that is not of its schema.
   */
  encodeInto(message: AnyMessage, target: Buffer, at: number): number;
  /** The message as bytes of their own. */
  encode(message: AnyMessage): Uint8Array;
  /** The message, read with this version's schema whatever version wrote it; a reason if no schema can read it. */
  decode(bytes: Uint8Array): AnyMessage | Undecodable;
  /**
   * Whether the last encoding may have replaced text that has no UTF-8: `decode` then gives another value than the one that
   * was encoded.
   */
  replacedText(): boolean;
}

const MAGIC = 0;
export const HEADER_BYTES = 5;

export function createCodec(registry: SchemaRegistry, schemas: RecordSchemas = RECORD_SCHEMAS): Codec {
  const writers = new Map<string, PresentSchema & { readonly id: number }>();
  for (const name of Object.keys(schemas)) {
    const schema = selfContained(name, schemas);
    writers.set(name, { id: registry.idOf(name), schema, type: typeOf(schema) });
  }
  const readers = createReaders(registry, writers);
  let replaced = false;
  let scratch = Buffer.allocUnsafeSlow(64 * 1024);

  const encodeInto = (message: AnyMessage, target: Buffer, at: number): number => {
    const writer = writers.get(message.type);
    if (writer === undefined) throw new Error(`there is no schema named ${message.type}`);
    const start = at + HEADER_BYTES;
    const end = writer.type.encode(message.value, target, start);
    if (end < 0) return end;
    target[at] = MAGIC;
    target.writeUInt32BE(writer.id, at + 1);
    replaced = mayBeIllFormed(target.subarray(start, end));
    if (!replaced) return end;
    return writer.type.encode(wellFormed(message.value), target, start);
  };

  const decode = (bytes: Uint8Array): AnyMessage | Undecodable => {
    if (bytes.length < HEADER_BYTES || bytes[0] !== MAGIC) {
      return new Undecodable(bytes, 'no schema id: the first byte must be 0, followed by 4 bytes of id');
    }
    const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const id = buffer.readUInt32BE(1);
    const reader = readers(id);
    if (typeof reader === 'string') return new Undecodable(bytes, reader);
    const message = reader(buffer, HEADER_BYTES);
    return typeof message === 'string' ? new Undecodable(bytes, message) : message;
  };

  return {
    encodeInto,
    decode,
    encode(message) {
      let end = encodeInto(message, scratch, 0);
      while (end < 0) {
        scratch = Buffer.allocUnsafeSlow(2 * scratch.length - end);
        end = encodeInto(message, scratch, 0);
      }
      return new Uint8Array(scratch.subarray(0, end));
    },
    replacedText: () => replaced,
  };
}
