import { type Codec, HEADER_BYTES } from '#lib/avro/codec';
import { type Outgoing, Undecodable } from '#lib/flow/log';
import type { AnyMessage } from '#schemas/topics';

/**
 * A run of records of one partition, stored as one value: one byte of format, 4 of count, then for each record 2 bytes of
 * key length (0xffff: no key), 4 of value length, key in UTF-8, value as encoded. Numbers are big-endian.
 */
export interface Chunk {
  readonly count: number;
  readonly bytes: Buffer;
}

/** A record as readers will get it, and the bytes it takes. */
export interface Packed {
  readonly key: string | null;
  readonly value: AnyMessage;
  readonly size: number;
}

const FORMAT = 1;
export const CHUNK_HEADER = 5;
export const RECORD_HEADER = 6;
export const NO_KEY = 0xffff;

/** A chunk ends with the record that reaches this size: small enough to be read for one record. */
const CHUNK_BYTES = 48 * 1024;

/** Packs records into chunks, in their order. Throws for a value that is not of its schema. */
export type Packer = (records: readonly Outgoing[]) => {
  readonly chunks: readonly Chunk[];
  readonly packed: readonly Packed[];
};

export function createPacker(codec: Codec): Packer {
  let scratch = Buffer.allocUnsafeSlow(2 * CHUNK_BYTES);

  /** Writes a record at `at` and returns its end. */
  const write = (key: string | null, value: AnyMessage, at: number): number => {
    const keySize = key === null ? 0 : Buffer.byteLength(key);
    if (keySize >= NO_KEY)
      throw new Error(`the key of a record has ${keySize} bytes, at most ${NO_KEY - 1} are possible`);
    const valueAt = at + RECORD_HEADER + keySize;
    const end = codec.encodeInto(value, scratch, valueAt);
    if (end < 0) {
      const larger = Buffer.allocUnsafeSlow(2 * scratch.length - end);
      scratch.copy(larger, 0, 0, at);
      scratch = larger;
      return write(key, value, at);
    }
    scratch.writeUInt16BE(key === null ? NO_KEY : keySize, at);
    scratch.writeUInt32BE(end - valueAt, at + 2);
    if (key !== null) scratch.write(key, at + RECORD_HEADER, 'utf8');
    return end;
  };

  const reread = (bytes: Buffer): AnyMessage => {
    const message = codec.decode(Buffer.from(bytes));
    if (message instanceof Undecodable) throw new Error(`cannot read what was written: ${message.reason}`);
    return message;
  };

  return (records) => {
    const chunks: Chunk[] = [];
    const packed: Packed[] = [];
    let count = 0;
    let at = CHUNK_HEADER;
    const finish = (): void => {
      if (count === 0) return;
      scratch[0] = FORMAT;
      scratch.writeUInt32BE(count, 1);
      chunks.push({ count, bytes: Buffer.from(scratch.subarray(0, at)) });
      count = 0;
      at = CHUNK_HEADER;
    };
    for (const { topic, key, value } of records) {
      if (!isMessage(value)) throw new Error(`a record for ${topic} is no message with a type and a value`);
      const end = write(key, value, at);
      const valueAt = at + RECORD_HEADER + (key === null ? 0 : scratch.readUInt16BE(at));
      packed.push({
        key,
        value: codec.replacedText() ? reread(scratch.subarray(valueAt, end)) : value,
        size: end - at,
      });
      at = end;
      count++;
      if (at >= CHUNK_BYTES) finish();
    }
    finish();
    return { chunks, packed };
  };
}

/** The number of records in a chunk. Throws if the bytes are none: the log was written by a later version. */
export function countOf(chunk: Buffer): number {
  if (chunk[0] !== FORMAT || chunk.length < CHUNK_HEADER + RECORD_HEADER + HEADER_BYTES) {
    throw new Error('the log holds records in a form that this version of Leadstream does not know; use the later one');
  }
  return chunk.readUInt32BE(1);
}

/** Whether the value can be looked up by its type; whether it fits its schema shows when it is encoded. */
function isMessage(value: unknown): value is AnyMessage {
  return (
    typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string' && 'value' in value
  );
}
