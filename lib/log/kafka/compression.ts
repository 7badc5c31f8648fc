import { promisify } from 'node:util';
import { gunzip, gzipSync } from 'node:zlib';
import { decompress as unzstd } from 'fzstd';
import { decompressFrame } from 'lz4-napi';
import { uncompress } from 'snappy';

/** Begins what Java's clients compress with Snappy: version and least version follow, then blocks with their lengths. */
const XERIAL = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const XERIAL_HEADER = 16;

const ungzip = promisify(gunzip);

/**
 * The codec in which ours sends: the only one that every client reads without a plugin (kafkajs reads no other). At level 1
 * it takes large batches as fast as LZ4 does, and leaves a quarter less of them.
 */
export const GZIP = 1;

/** Fewer bytes are sent as they are. */
const LEAST = 512;

/** As codec GZIP; undefined: it would not be smaller. */
export function compress(bytes: Buffer): Buffer | undefined {
  if (bytes.length < LEAST) return undefined;
  const packed = gzipSync(bytes, { level: 1 });
  return packed.length < bytes.length ? packed : undefined;
}

/**
 * What publishers have compressed, as they like: `codec` is the number in a batch's attributes. Snappy comes in xerial's
 * framing or without, LZ4 in frames. https://kafka.apache.org/documentation/#recordbatch
 */
export async function decompress(codec: number, bytes: Buffer): Promise<Buffer> {
  switch (codec) {
    case GZIP:
      return ungzip(bytes);
    case 2:
      return unsnappy(bytes);
    case 3:
      return decompressFrame(bytes);
    case 4:
      return Buffer.from(unzstd(bytes));
    default:
      throw new Error(`records are compressed with codec ${codec}, which this version does not know`);
  }
}

async function unsnappy(bytes: Buffer): Promise<Buffer> {
  if (!bytes.subarray(0, XERIAL.length).equals(XERIAL)) return block(bytes);
  const blocks: Buffer[] = [];
  for (let at = XERIAL_HEADER; at < bytes.length; ) {
    const start = at + 4;
    at = start + bytes.readUInt32BE(at);
    blocks.push(await block(bytes.subarray(start, at)));
  }
  return Buffer.concat(blocks);
}

async function block(bytes: Buffer): Promise<Buffer> {
  const raw = await uncompress(bytes, { asBuffer: true });
  return typeof raw === 'string' ? Buffer.from(raw) : raw;
}
