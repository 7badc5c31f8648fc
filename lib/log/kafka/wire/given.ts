import type { FetchedBatch } from '#lib/log/kafka/wire/fetched-batch';
import { batchOf, type ProducerSession, type WireRecord } from '#lib/log/kafka/wire/record-batch';
import { WireWriter } from '#lib/log/kafka/wire/writer';

const ALONE: ProducerSession = { id: 7, epoch: 0, transactional: false };

export function wireRecord(
  key: string | null,
  value: Uint8Array,
  headers?: Readonly<Record<string, string>>,
): WireRecord {
  return { key, bytes: Buffer.from(value), start: 0, end: value.length, headers };
}

/** The bytes of a batch, as a broker would keep it from `baseOffset` on. */
export function batchBytes(records: readonly WireRecord[], baseOffset = 0, session = ALONE): Buffer {
  const bytes = Buffer.from(batchOf(records, session, 0, 1_700_000_000_000));
  bytes.writeBigInt64BE(BigInt(baseOffset)); // not covered by the checksum, since brokers set it
  return bytes;
}

/** The batch of `values` that somebody wrote from `baseOffset` on; a control batch holds a marker's key alone. */
export function fetchedBatch(
  baseOffset: number,
  by: Pick<FetchedBatch, 'producerId' | 'transactional' | 'control'>,
  keys: readonly (Buffer | null)[],
): FetchedBatch {
  const one = (key: Buffer | null, place: number): Buffer => {
    const body = new WireWriter().int8(0).varint(0).varint(place);
    if (key === null) body.varint(-1);
    else body.varint(key.length).raw(key);
    body.varint(1).int8(place).varint(0);
    return Buffer.from(new WireWriter().varint(body.end).raw(body.written).written);
  };
  const records = Buffer.concat(keys.map(one));
  return { ...by, baseOffset, lastOffset: baseOffset + keys.length - 1, count: keys.length, records };
}
