import { brotliCompressSync, brotliDecompressSync, constants, crc32 } from 'node:zlib';
import type { TopicPartition } from '#lib/flow/position';
import { DamagedError } from '#lib/store/environment';

/**
 * A run of records of one partition, stored as one value: 20 bytes of header, then the records (records.ts), compressed or
 * not. The header: format (1 byte), codec (1), number of records (4), bytes of the records unpacked (4), when the oldest of
 * them was written, ms since 1970 UTC (6), CRC-32 of the chunk's key, of the header up to here and of what follows it (4).
 * Numbers are big-endian.
 */
export interface Chunk {
  readonly count: number;
  /** The records, unpacked. */
  readonly body: Buffer;
  /** When the oldest record was written, ms since 1970 UTC; undefined: the chunk does not tell, it is of an older version. */
  readonly writtenAt: number | undefined;
}

/** Most bytes of a chunk's records, unpacked; a larger record has a chunk of its own. */
export const CHUNK_BYTES = 64 * 1024;

const FORMAT = 2;
const HEADER = 20;
const CHECKSUM_AT = 16;

/** Chunks of the first version: the format, 4 bytes of count, then the records; nothing to check them by. */
const FIRST_FORMAT = 1;
const FIRST_HEADER = 5;

const PLAIN = 0;
const BROTLI = 1;

/**
 * Quality 1 makes records of an import 5.1 times smaller, at 387 MB/s: as small as Zstandard's level 1, faster than its builds
 * for Node, and in Node already. LZ4 is a sixth faster and a third larger. The window is a chunk.
 */
const PACKING = {
  params: { [constants.BROTLI_PARAM_QUALITY]: 1, [constants.BROTLI_PARAM_LGWIN]: 16 },
  /** What a full chunk takes, compressed, mostly less: room for all of it at once costs more than it saves. */
  chunkSize: CHUNK_BYTES / 4,
};

/** Zlib's least. */
const LEAST_OUTPUT = 64;

/** The chunk as it is stored under `key`. `pack`: compressed, if that makes it smaller. */
export function seal(key: Buffer, { count, body, writtenAt = 0 }: Chunk, pack: boolean): Buffer {
  const packed = pack ? brotliCompressSync(body, PACKING) : body;
  const isSmaller = packed.length < body.length;
  const content = isSmaller ? packed : body;
  const bytes = Buffer.allocUnsafe(HEADER + content.length);
  bytes[0] = FORMAT;
  bytes[1] = isSmaller ? BROTLI : PLAIN;
  bytes.writeUInt32BE(count, 2);
  bytes.writeUInt32BE(body.length, 6);
  bytes.writeUIntBE(writtenAt, 10, 6);
  content.copy(bytes, HEADER);
  bytes.writeUInt32BE(checksum(key, bytes), CHECKSUM_AT);
  return bytes;
}

/** Unpacks what is stored under `key`. Throws DamagedError, naming topic, partition and offset, if that is not what was written. */
export function unseal(at: TopicPartition, offset: number, key: Buffer, stored: Buffer): Chunk {
  if (stored[0] === FIRST_FORMAT && stored.length > FIRST_HEADER) {
    return { count: stored.readUInt32BE(1), body: stored.subarray(FIRST_HEADER), writtenAt: undefined };
  }
  if (stored.length <= HEADER || checksum(key, stored) !== stored.readUInt32BE(CHECKSUM_AT)) {
    throw damaged(at, offset, 'its checksum is wrong');
  }
  const [format, codec] = stored;
  if (format !== FORMAT || (codec !== PLAIN && codec !== BROTLI)) {
    throw new Error('the log holds records in a form that this version of Leadstream does not know; use the later one');
  }
  const size = stored.readUInt32BE(6);
  const content = stored.subarray(HEADER);
  const body = codec === BROTLI ? brotliDecompressSync(content, { chunkSize: Math.max(size, LEAST_OUTPUT) }) : content;
  return { count: stored.readUInt32BE(2), body, writtenAt: stored.readUIntBE(10, 6) };
}

/** When the oldest record of a stored chunk was written, without looking into it; as in Chunk. */
export function writtenAtOf(stored: Buffer): number | undefined {
  return stored[0] === FORMAT && stored.length > HEADER ? stored.readUIntBE(10, 6) : undefined;
}

export function damaged({ topic, partition }: TopicPartition, offset: number, how: string): DamagedError {
  return new DamagedError(
    `the log is damaged: ${topic}/${partition} cannot be read at offset ${offset}, ${how}; restore it from a backup`,
  );
}

function checksum(key: Buffer, stored: Buffer): number {
  return crc32(stored.subarray(HEADER), crc32(stored.subarray(0, CHECKSUM_AT), crc32(key)));
}
