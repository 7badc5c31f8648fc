import { CHUNK_BYTES, type Chunk, seal } from '#lib/log/embedded/chunk';
import { type ChunkPlace, chunkKey, sizeOf } from '#lib/log/embedded/chunk-key';
import { type ChunkDatabase, chunksOf, unpack } from '#lib/log/embedded/chunks';
import { recordEnd, recordsWithin } from '#lib/log/embedded/records';

/** The partition that a tail is of. */
export interface TailPlace extends ChunkPlace {
  /** A chunk holds records of so many ms at most: what expires leaves with its chunk. */
  readonly span: number;
}

/** Where a tail puts its chunks. */
export interface ChunkTarget {
  put(key: Buffer, bytes: Buffer): unknown;
  remove(key: Buffer): unknown;
}

/** A full chunk has at least so many bytes, unpacked. */
const FULL_BYTES = CHUNK_BYTES - 1024;

/** Small chunks of one tail, at most: then they are packed as one, which goes on growing. */
const MOST_CHUNKS = 128;

interface Lying {
  readonly offset: number;
  /** With its key. */
  readonly size: number;
}

/**
 * The newest records of a partition. They are written as they come, in small chunks that are not compressed; as soon as they
 * fill one, they are written once more, as one compressed chunk in the place of the small ones.
 */
export class Tail {
  readonly #place: ChunkPlace;
  readonly #span: number;
  readonly #records = Buffer.allocUnsafe(CHUNK_BYTES);
  /** Of the first record in it, and after the last. */
  #first: number;
  #end: number;
  #size = 0;
  #writtenAt = 0;
  /** The chunks in which its records lie; those from `#loose` and `#looseFrom` (bytes) on lie in none. */
  #chunks: Lying[] = [];
  #loose: number;
  #looseFrom = 0;

  constructor({ at, topicId, span }: TailPlace, end: number) {
    this.#place = { at, topicId };
    this.#span = span;
    this.#first = end;
    this.#end = end;
    this.#loose = end;
  }

  /** The tail of a partition as it lies on the disk. Throws DamagedError. */
  static load(slot: TailPlace & { readonly end: number }, database: ChunkDatabase): Tail {
    const found: { readonly lying: Lying; readonly chunk: Chunk }[] = [];
    let size = 0;
    let newest: number | undefined;
    for (const stored of chunksOf(database, slot, slot.end, 'back')) {
      const chunk = unpack(slot, stored);
      size += chunk.body.length;
      if (chunk.writtenAt === undefined || size > FULL_BYTES) break;
      newest ??= chunk.writtenAt;
      if (newest - chunk.writtenAt >= slot.span) break;
      found.unshift({ lying: { offset: stored.offset, size: sizeOf(stored.bytes) }, chunk });
    }
    const tail = new Tail(slot, found[0]?.lying.offset ?? slot.end);
    for (const { lying, chunk } of found) {
      tail.#add(chunk.body, 0, chunk.body.length, chunk.count, chunk.writtenAt ?? 0);
      tail.#lie(lying);
    }
    return tail;
  }

  /** Offset after the last record. */
  get end(): number {
    return this.#end;
  }

  /** Bytes of its records. */
  get size(): number {
    return this.#size;
  }

  /** Writes records behind the last; the bytes that the partition's chunks take more than before. */
  append(records: Buffer, writtenAt: number, target: ChunkTarget): number {
    let more = 0;
    if (this.#size > 0 && writtenAt - this.#writtenAt >= this.#span) more += this.finish(target);
    for (let place = 0; place < records.length; ) {
      const { count, end } = recordsWithin(records, place, CHUNK_BYTES - this.#size);
      if (count > 0) {
        this.#add(records, place, end, count, writtenAt);
        place = end;
      } else if (this.#size > 0) {
        more += this.finish(target);
      } else {
        const after = recordEnd(records, place);
        more += this.#putLarge(records.subarray(place, after), writtenAt, target);
        place = after;
      }
    }
    if (this.#size >= FULL_BYTES) return more + this.finish(target);
    return more + (this.#chunks.length < MOST_CHUNKS ? this.#putLoose(writtenAt, target) : this.#pack(target));
  }

  /** Packs what there is, and begins anew behind it; the bytes that it takes more than before. */
  finish(target: ChunkTarget): number {
    const more = this.#pack(target);
    this.#startAt(this.#end);
    return more;
  }

  #startAt(offset: number): void {
    this.#first = offset;
    this.#end = offset;
    this.#size = 0;
    this.#chunks = [];
    this.#loose = offset;
    this.#looseFrom = 0;
  }

  #add(records: Buffer, from: number, to: number, count: number, writtenAt: number): void {
    if (this.#size === 0) this.#writtenAt = writtenAt;
    records.copy(this.#records, this.#size, from, to);
    this.#size += to - from;
    this.#end += count;
  }

  /** All records up to here lie in chunks, the last of them in this one. */
  #lie(chunk: Lying): void {
    this.#chunks.push(chunk);
    this.#loose = this.#end;
    this.#looseFrom = this.#size;
  }

  #putLoose(writtenAt: number, target: ChunkTarget): number {
    if (this.#loose === this.#end) return 0;
    const body = this.#records.subarray(this.#looseFrom, this.#size);
    const size = this.#put(this.#loose, { count: this.#end - this.#loose, body, writtenAt }, false, target);
    this.#lie({ offset: this.#loose, size });
    return size;
  }

  #pack(target: ChunkTarget): number {
    if (this.#size === 0) return 0;
    let before = 0;
    for (const { offset, size } of this.#chunks) {
      before += size;
      if (offset !== this.#first) target.remove(chunkKey(this.#place, offset));
    }
    const body = this.#records.subarray(0, this.#size);
    const chunk = { count: this.#end - this.#first, body, writtenAt: this.#writtenAt };
    const size = this.#put(this.#first, chunk, true, target);
    this.#chunks = [];
    this.#lie({ offset: this.#first, size });
    return size - before;
  }

  /** Of an empty tail: a record that is larger than a chunk. */
  #putLarge(body: Buffer, writtenAt: number, target: ChunkTarget): number {
    const size = this.#put(this.#end, { count: 1, body, writtenAt }, true, target);
    this.#startAt(this.#end + 1);
    return size;
  }

  #put(offset: number, chunk: Chunk, pack: boolean, target: ChunkTarget): number {
    const key = chunkKey(this.#place, offset);
    const bytes = seal(key, chunk, pack);
    target.put(key, bytes);
    return sizeOf(bytes);
  }
}
