import type { Codec } from '#lib/avro/codec';
import { type Outgoing, Undecodable } from '#lib/flow/log';
import { NO_KEY, RECORD_HEADER } from '#lib/log/embedded/records';
import type { AnyMessage } from '#schemas/topics';

/** A record as readers will get it. */
export interface Packed {
  readonly key: string | null;
  readonly value: AnyMessage;
}

/** Records of one partition in their order, as they are stored (records.ts). */
export interface Packing {
  readonly records: Buffer;
  readonly count: number;
  /** As readers will get them; absent: whoever reads them unpacks them. */
  readonly packed?: readonly Packed[];
}

/** Packs records by the place to which each belongs. Throws for a value that is not of its schema. */
export type Packer = <Place>(
  records: readonly Outgoing[],
  placeOf: (record: Outgoing) => Place,
) => ReadonlyMap<Place, Packing>;

/** A record on its way into a packing, its value between two places of a batch. */
interface Encoded extends Packed {
  readonly size: number;
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

  const pack = (packed: readonly Encoded[]): Packing => {
    const records = Buffer.allocUnsafe(packed.reduce((sum, { size }) => sum + size, 0));
    let at = 0;
    for (const { key, keySize, start, end, size } of packed) {
      records.writeUInt16BE(key === null ? NO_KEY : keySize, at);
      records.writeUInt32BE(end - start, at + 2);
      if (key !== null) records.write(key, at + RECORD_HEADER);
      batch.bytes.copy(records, at + RECORD_HEADER + keySize, start, end);
      at += size;
    }
    return { packed, records, count: packed.length };
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

/** Whether the value can be looked up by its type; whether it fits its schema shows when it is encoded. */
function isMessage(value: unknown): value is AnyMessage {
  return (
    typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string' && 'value' in value
  );
}
