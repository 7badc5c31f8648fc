import { crc32c } from '@node-rs/crc32';
import { compress, GZIP } from '#lib/log/kafka/compression';
import { WireWriter } from '#lib/log/kafka/wire/writer';

/** A record to be written. */
export interface WireRecord {
  readonly key: string | null;
  /** Holds the value from `start` to `end`. */
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  readonly headers: Headers | undefined;
}

/** Texts by their names. */
export type Headers = Readonly<Record<string, string>>;

/** Who writes: the broker takes a batch once, and only in its turn. */
export interface ProducerSession {
  readonly id: number;
  readonly epoch: number;
  readonly transactional: boolean;
}

/** A batch of format version 2, the only one of Kafka 4: https://kafka.apache.org/documentation/#recordbatch */
const MAGIC = 2;
export const TRANSACTIONAL = 0x10;
const NO_LEADER_EPOCH = -1;
/** Bytes of a batch before its records, and of what stands before the length and before what the checksum is of. */
const HEAD_BYTES = 61;
const BEFORE_LENGTH = 12;
const BEFORE_CHECKED = 21;
const CHECKSUM_AT = 17;

/** Bytes of a record in a batch, at its place there. */
export function recordSize(record: WireRecord, place: number): number {
  const body = bodySize(record, place);
  return varintSize(body) + body;
}

/** Records on their way into a batch, and the batch: kept, since they are large. */
const scratch = new WireWriter();
const batch = new WireWriter();

/**
 * A batch, compressed if that makes it smaller; the bytes are valid until the next call. `sequence`: of the first record among
 * all that this session writes to the partition.
 */
export function batchOf(
  records: readonly WireRecord[],
  session: ProducerSession,
  sequence: number,
  timestamp: number,
): Buffer {
  scratch.clear();
  for (const [place, record] of records.entries()) writeRecord(scratch, record, place);
  const plain = scratch.written;
  const packed = compress(plain);
  const content = packed ?? plain;
  const to = batch.clear();
  to.int64(0)
    .int32(HEAD_BYTES - BEFORE_LENGTH + content.length)
    .int32(NO_LEADER_EPOCH)
    .int8(MAGIC)
    .int32(0)
    .int16((session.transactional ? TRANSACTIONAL : 0) | (packed === undefined ? 0 : GZIP))
    .int32(records.length - 1)
    .int64(timestamp)
    .int64(timestamp)
    .int64(session.id)
    .int16(session.epoch)
    .int32(sequence)
    .int32(records.length)
    .raw(content);
  const { written } = to;
  written.writeUInt32BE(crc32c(written.subarray(BEFORE_CHECKED)), CHECKSUM_AT);
  return written;
}

function writeRecord(to: WireWriter, record: WireRecord, place: number): void {
  const { key, bytes, start, end, headers } = record;
  to.varint(bodySize(record, place)).int8(0).varint(0).varint(place);
  if (key === null) to.varint(-1);
  else to.varint(Buffer.byteLength(key)).text(key);
  to.varint(end - start).raw(bytes, start, end);
  if (headers === undefined) {
    to.varint(0);
    return;
  }
  const named = Object.entries(headers);
  to.varint(named.length);
  for (const [name, text] of named) {
    to.varint(Buffer.byteLength(name)).text(name).varint(Buffer.byteLength(text)).text(text);
  }
}

/** Attributes and the difference to the batch's time take a byte each. */
function bodySize({ key, start, end, headers }: WireRecord, place: number): number {
  const size = 2 + varintSize(place) + textSize(key) + varintSize(end - start) + end - start;
  return size + (headers === undefined ? 1 : headersSize(Object.entries(headers)));
}

function headersSize(named: readonly (readonly [string, string])[]): number {
  return named.reduce((size, [name, text]) => size + textSize(name) + textSize(text), varintSize(named.length));
}

function textSize(text: string | null): number {
  if (text === null) return varintSize(-1);
  const bytes = Buffer.byteLength(text);
  return varintSize(bytes) + bytes;
}

function varintSize(value: number): number {
  const zigzag = ((value << 1) ^ (value >> 31)) >>> 0;
  if (zigzag < 0x80) return 1;
  if (zigzag < 0x4000) return 2;
  if (zigzag < 0x20_0000) return 3;
  return zigzag < 0x1000_0000 ? 4 : 5;
}
