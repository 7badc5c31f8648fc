import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { decodeRecord, encodeRecord, type SpoolRecord, sizeOf } from '#lib/spool/record';

/** A block is full with so many bytes; only one that holds a single long record is larger. */
const FULL = 65_536;
/** Length of the records, their number, checksum of all of it: 4 bytes each. */
const HEADER = 12;
const CHECKSUM = 8;
/** Read from the disk at once, bytes. */
const READ = 262_144;

/** A file of records is torn or was changed: what it held has to be written again. */
export class DamagedSpool extends Error {
  override readonly name = 'DamagedSpool';
}

export interface BlockWriter {
  /** True: the block is full, call `flush` before the next one. */
  add(record: SpoolRecord): boolean;
  flush(): Promise<void>;
  /** The file is closed. `durable`: everything is on the disk, and stays there if the machine stops. */
  finish(durable: boolean): Promise<Written>;
  /** Closes the file as it is. Never rejects. */
  abandon(): Promise<void>;
}

export interface Written {
  readonly records: number;
  /** Length of the file. */
  readonly bytes: number;
  /** SHA-256 over time and content of all records in their order, hex. */
  readonly digest: string;
}

/** Records as read, and where in the file the next block begins. */
export interface SpoolBlock {
  readonly records: readonly SpoolRecord[];
  readonly end: number;
}

/** A new file of records in blocks with checksums; only this user may read it. Rejects if there is one. */
export async function createBlockWriter(path: string): Promise<BlockWriter> {
  const file = await open(path, 'wx', 0o600);
  const hash = createHash('sha256');
  let block: Buffer = Buffer.allocUnsafe(HEADER + FULL);
  let end = HEADER;
  let count = 0;
  let records = 0;
  let bytes = 0;

  async function flush(): Promise<void> {
    if (count === 0) return;
    const payload = block.subarray(HEADER, end);
    block.writeUInt32LE(payload.length, 0);
    block.writeUInt32LE(count, 4);
    block.writeUInt32LE(checksumOf(block, payload), CHECKSUM);
    await file.writeFile(block.subarray(0, end));
    bytes += end;
    records += count;
    end = HEADER;
    count = 0;
  }

  return {
    add(record) {
      const size = sizeOf(record);
      if (end + size > block.length) block = enlarged(block, end, end + size);
      hash.update(encodeRecord(record, block, end));
      end += size;
      count += 1;
      return end >= FULL;
    },
    flush,
    async finish(durable) {
      await flush();
      if (durable) await file.sync();
      await file.close();
      return { records, bytes, digest: hash.digest('hex') };
    },
    async abandon() {
      await file.close().catch(() => {});
    },
  };
}

function enlarged(block: Buffer, used: number, size: number): Buffer {
  const larger = Buffer.allocUnsafe(Math.max(size, 2 * block.length));
  block.copy(larger, 0, 0, used);
  return larger;
}

/**
 * The blocks of a file from where one begins. Throws DamagedSpool at the first block that is not as it was written, or
 * is missing in part.
 */
export async function* readBlocks(path: string, from = 0): AsyncGenerator<SpoolBlock> {
  let rest: Buffer = Buffer.alloc(0);
  let end = from;
  for await (const piece of createReadStream(path, { start: from, highWaterMark: READ })) {
    rest = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    for (let size = sizeOfBlock(rest); rest.length >= size; size = sizeOfBlock(rest)) {
      end += size;
      yield { records: recordsIn(path, rest.subarray(0, size)), end };
      rest = rest.subarray(size);
    }
  }
  if (rest.length > 0) throw damaged(path);
}

/** Of the block that begins here; more than there can be while that is not known. */
function sizeOfBlock(bytes: Buffer): number {
  return bytes.length < HEADER ? Number.POSITIVE_INFINITY : HEADER + bytes.readUInt32LE(0);
}

function recordsIn(path: string, block: Buffer): readonly SpoolRecord[] {
  const payload = block.subarray(HEADER);
  if (checksumOf(block, payload) !== block.readUInt32LE(CHECKSUM)) throw damaged(path);
  const records: SpoolRecord[] = [];
  for (let at = 0; records.length < block.readUInt32LE(4); ) {
    const record = decodeRecord(payload, at);
    records.push(record);
    at += sizeOf(record);
  }
  return records;
}

function checksumOf(block: Buffer, payload: Buffer): number {
  return crc32(payload, crc32(block.subarray(0, CHECKSUM)));
}

function damaged(path: string): DamagedSpool {
  return new DamagedSpool(`${path} is damaged`);
}
