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

/** Records of one partition, packed in their order. */
export interface Packing {
  readonly chunks: readonly Chunk[];
  readonly packed: readonly Packed[];
}

/** Packs records by the place to which each belongs. Throws for a value that is not of its schema. */
export type Packer = <Place>(
  records: readonly Outgoing[],
  placeOf: (record: Outgoing) => Place,
) => ReadonlyMap<Place, Packing>;

/** A record on its way into a chunk, its value between two places of a batch. */
interface Encoded extends Packed {
  readonly keySize: number;
  readonly start: number;
  readonly end: number;
}

export function createPacker(codec: Codec): Packer {
  const batch = codec.createBatch();

  const encode = ({ topic, key, value }: Outgoing): Encoded => {
    if (!isMessage(value)) throw new Error(`a record for ${topic} is no message with a type and a value`);
    const keySize = key === null ? 0 : Buffer.byteLength(key);
    if (keySize >= NO_KEY)
      throw new Error(`the key of a record has ${keySize} bytes, at most ${NO_KEY - 1} are possible`);
    const start = batch.end;
    batch.add(value);
    const { end } = batch;
    const size = RECORD_HEADER + keySize + end - start;
    return { key, value: batch.replacedText ? reread(start, end) : value, size, keySize, start, end };
  };

  const reread = (start: number, end: number): AnyMessage => {
    const message = codec.decode(Buffer.from(batch.bytes.subarray(start, end)));
    if (message instanceof Undecodable) throw new Error(`cannot read what was written: ${message.reason}`);
    return message;
  };

  /** The chunk of the records from `first` until `last`, which take `size` bytes. */
  const chunkOf = (records: readonly Encoded[], first: number, last: number, size: number): Chunk => {
    const bytes = Buffer.allocUnsafe(CHUNK_HEADER + size);
    bytes[0] = FORMAT;
    bytes.writeUInt32BE(last - first, 1);
    let at = CHUNK_HEADER;
    for (const record of records.slice(first, last)) {
      const { key, keySize, start, end } = record;
      bytes.writeUInt16BE(key === null ? NO_KEY : keySize, at);
      bytes.writeUInt32BE(end - start, at + 2);
      if (key !== null) bytes.write(key, at + RECORD_HEADER);
      batch.bytes.copy(bytes, at + RECORD_HEADER + keySize, start, end);
      at += record.size;
    }
    return { count: last - first, bytes };
  };

  const pack = (packed: readonly Encoded[]): Packing => {
    const chunks: Chunk[] = [];
    let first = 0;
    let size = 0;
    packed.forEach((record, index) => {
      size += record.size;
      if (CHUNK_HEADER + size < CHUNK_BYTES && index < packed.length - 1) return;
      chunks.push(chunkOf(packed, first, index + 1, size));
      first = index + 1;
      size = 0;
    });
    return { chunks, packed };
  };

  return <Place>(records: readonly Outgoing[], placeOf: (record: Outgoing) => Place) => {
    batch.clear();
    const encoded = new Map<Place, Encoded[]>();
    for (const record of records) {
      const place = placeOf(record);
      const others = encoded.get(place);
      if (others === undefined) encoded.set(place, [encode(record)]);
      else others.push(encode(record));
    }
    return new Map(Array.from(encoded, ([place, own]) => [place, pack(own)]));
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
