import { copying, copyingItems, Origins } from '#lib/avro/origins';
import { createReaders, type PresentSchema } from '#lib/avro/readers';
import type { SchemaRegistry } from '#lib/avro/registry';
import { RECORD_SCHEMAS, type RecordSchemas, selfContained } from '#lib/avro/schema';
import { Tap, type TapType } from '#lib/avro/tap';
import { replacedTexts } from '#lib/avro/text';
import { typeOf } from '#lib/avro/types';
import { Undecodable } from '#lib/flow/log';
import type { AnyMessage } from '#schemas/topics';

/**
 * Messages as bytes in Confluent's wire format: a zero byte, the schema's id as 4 bytes big-endian, Avro binary.
 * https://docs.confluent.io/platform/current/schema-registry/fundamentals/serdes-develop/index.html#wire-format
 */
export interface Codec {
  /** The message as bytes of their own. Throws for a value that is not of its schema. */
  encode(message: AnyMessage): Uint8Array;
  /** An empty batch. */
  createBatch(): Batch;
  /**
   * The message that lies in `bytes` from `start` until `end`, all of them if these are left out, read with this version's
   * schema whatever version wrote it; a reason if no schema can read it, with the message's own bytes. Neither the value nor a
   * larger buffer that it is in may change from here on: where the very object is encoded within another message, its bytes
   * are copied if the buffer is still there. Nothing here keeps the buffer.
   */
  decode(bytes: Uint8Array, start?: number, end?: number): AnyMessage | Undecodable;
}

/**
 * Messages encoded one after the other. Until the batch is cleared they must not change: a message that is in the next one,
 * as the very same object, is encoded once.
 */
export interface Batch {
  /**
   * Appends a message, which begins where the one before ended. If it throws, the value is not of its schema, or the
   * registry has no id for it.
   */
  add(message: AnyMessage): void;
  /** What holds the messages; another one after the next `add`. */
  readonly bytes: Buffer;
  /** Where the last message ends. */
  readonly end: number;
  /** Whether text in the last message had no UTF-8: `decode` gives another value than the one that was added. */
  readonly replacedText: boolean;
  clear(): void;
}

const MAGIC = 0;
export const HEADER_BYTES = 5;
const FIRST_BYTES = 64 * 1024;

export function createCodec(registry: SchemaRegistry, schemas: RecordSchemas = RECORD_SCHEMAS): Codec {
  const tap = new Tap();
  const origins = new Origins();
  const optional = copying(origins);
  const list = copyingItems(origins);
  const writers = new Map<string, PresentSchema>();
  for (const name of Object.keys(schemas)) {
    const schema = selfContained(name, schemas);
    writers.set(name, { schema, type: typeOf(schema, optional, list) });
  }
  const readers = createReaders(registry, writers, origins);

  const createBatch = (): Batch => {
    let bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
    let end = 0;
    let replacedText = false;
    /** Returns where the value ends, or would if there were room. */
    const write = (type: TapType, value: unknown, start: number): number => {
      tap.open(bytes, start, bytes.length);
      origins.begin();
      try {
        type._write(tap, value);
        return tap.pos;
      } finally {
        tap.close();
      }
    };
    return {
      add(message) {
        const { type, value } = message;
        const writer = writers.get(type);
        if (writer === undefined) throw new Error(`there is no schema named ${type}`);
        const id = registry.idOf(type);
        const start = end + HEADER_BYTES;
        const replacedBefore = replacedTexts();
        let next = write(writer.type, value, start);
        while (next > bytes.length) {
          const larger = Buffer.allocUnsafeSlow(bytes.length + next);
          bytes.copy(larger, 0, 0, end);
          bytes = larger;
          next = write(writer.type, value, start);
        }
        bytes[end] = MAGIC;
        bytes.writeUInt32BE(id, end + 1);
        end = next;
        replacedText = replacedTexts() !== replacedBefore;
        if (replacedText) origins.forget();
        else origins.wrote(writer.type.name, value, bytes, start, end);
      },
      get bytes() {
        return bytes;
      },
      get end() {
        return end;
      },
      get replacedText() {
        return replacedText;
      },
      clear() {
        end = 0;
        origins.forget();
      },
    };
  };
  const single = createBatch();

  return {
    createBatch,
    encode(message) {
      single.clear();
      single.add(message);
      return new Uint8Array(single.bytes.subarray(0, single.end));
    },
    decode(bytes, start = 0, end = bytes.length) {
      if (end - start < HEADER_BYTES || bytes[start] !== MAGIC) {
        return undecodable(bytes, start, end, 'no schema id: the first byte must be 0, followed by 4 bytes of id');
      }
      const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const reader = readers(buffer.readUInt32BE(start + 1));
      if (typeof reader === 'string') return undecodable(bytes, start, end, reader);
      const page = buffer === bytes && end - start < bytes.length;
      const message = reader(buffer, start + HEADER_BYTES, end, page);
      return typeof message === 'string' ? undecodable(bytes, start, end, message) : message;
    },
  };
}

/** Of a message within a larger buffer the bytes are copied: a dead letter keeps no buffer alive. */
function undecodable(bytes: Uint8Array, start: number, end: number, reason: string): Undecodable {
  const whole = start === 0 && end === bytes.length;
  return new Undecodable(whole ? bytes : new Uint8Array(bytes.subarray(start, end)), reason);
}
