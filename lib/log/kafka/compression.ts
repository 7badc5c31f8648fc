import { decompress as unzstd } from 'fzstd';
import kafkajs from 'kafkajs';
import { decompressFrame } from 'lz4-napi';
import { uncompress } from 'snappy';

/** Begins what Java's clients compress with Snappy: version and least version follow, then blocks with their lengths. */
const XERIAL = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const XERIAL_HEADER = 16;

/**
 * Publishers may compress as they like: kafkajs reads gzip by itself, and with these Snappy (in xerial's framing and
 * without), LZ4 frames and Zstandard. Ours sends uncompressed. Codecs are kafkajs's for the whole process.
 * https://kafka.apache.org/documentation/#recordbatch
 */
export function readAllCompressions(): void {
  const { CompressionCodecs, CompressionTypes } = kafkajs;
  CompressionCodecs[CompressionTypes.Snappy] = readOnly(unsnappy);
  CompressionCodecs[CompressionTypes.LZ4] = readOnly(decompressFrame);
  CompressionCodecs[CompressionTypes.ZSTD] = readOnly(async (bytes) => Buffer.from(unzstd(bytes)));
}

function readOnly(decompress: (bytes: Buffer) => Promise<Buffer>) {
  return () => ({
    decompress,
    compress: () => Promise.reject(new Error('records are sent uncompressed, or as gzip')),
  });
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
