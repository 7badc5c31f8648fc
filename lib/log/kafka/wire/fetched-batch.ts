import { crc32c } from '@node-rs/crc32';
import { decompress } from '#lib/log/kafka/compression';
import { WireReader } from '#lib/log/kafka/wire/reader';
import { TRANSACTIONAL } from '#lib/log/kafka/wire/record-batch';

/** A batch of records as a broker keeps it: https://kafka.apache.org/documentation/#recordbatch */
export interface FetchedBatch {
  readonly baseOffset: number;
  /** Of the last record that the batch ever had, if only compaction has left less. */
  readonly lastOffset: number;
  readonly producerId: number;
  readonly transactional: boolean;
  /** Holds the marker of a transaction's end, and no record of anybody. */
  readonly control: boolean;
  readonly count: number;
  /** The records, decompressed. */
  readonly records: Buffer;
}

const MAGIC = 2;
const CONTROL = 0x20;
const COMPRESSION = 0x07;
/** Where the parts of a batch stand. */
const AT = {
  length: 8,
  magic: 16,
  checksum: 17,
  attributes: 21,
  lastOffsetDelta: 23,
  producerId: 43,
  count: 57,
  records: 61,
} as const;
const BEFORE_LENGTH = 12;

/**
 * The whole batches that `bytes` begin with; a last one that is cut short is left out. Rejects if a batch is not as it was
 * written, or in a format older than that of Kafka 0.11.
 */
export async function readBatches(bytes: Buffer): Promise<readonly FetchedBatch[]> {
  const batches: FetchedBatch[] = [];
  for (let start = 0; start + AT.records <= bytes.length; ) {
    const end = start + BEFORE_LENGTH + bytes.readInt32BE(start + AT.length);
    if (end > bytes.length) break;
    batches.push(await readBatch(bytes.subarray(start, end)));
    start = end;
  }
  return batches;
}

async function readBatch(bytes: Buffer): Promise<FetchedBatch> {
  const baseOffset = new WireReader(bytes).int64();
  const magic = bytes.readInt8(AT.magic);
  if (magic !== MAGIC)
    throw new Error(`offset ${baseOffset} is in record format ${magic}, which Kafka 4 no longer has`);
  if (crc32c(bytes.subarray(AT.attributes)) !== bytes.readUInt32BE(AT.checksum)) {
    throw new Error(`the batch at offset ${baseOffset} has another checksum than it was written with`);
  }
  const attributes = bytes.readInt16BE(AT.attributes);
  const codec = attributes & COMPRESSION;
  const records = bytes.subarray(AT.records);
  return {
    baseOffset,
    lastOffset: baseOffset + bytes.readInt32BE(AT.lastOffsetDelta),
    producerId: new WireReader(bytes, AT.producerId).int64(),
    transactional: (attributes & TRANSACTIONAL) !== 0,
    control: (attributes & CONTROL) !== 0,
    count: bytes.readInt32BE(AT.count),
    records: codec === 0 ? records : await decompress(codec, records),
  };
}
