import { type Chunk, seal } from '#lib/log/embedded/chunk';
import { type ChunkPlace, chunkKey, sizeOf } from '#lib/log/embedded/chunk-key';

/** A chunk of a partition as it lies on the disk, or will. */
export interface Lying {
  readonly offset: number;
  /** With its key, bytes; 0 until it is sealed. */
  readonly size: number;
}

/** Where chunks are written. */
export interface ChunkTarget {
  put(key: Buffer, bytes: Buffer): unknown;
  remove(key: Buffer): unknown;
}

interface Put {
  readonly lying: { readonly offset: number; size: number };
  readonly chunk: Chunk;
  readonly pack: boolean;
  sealed: Buffer | undefined;
}

/**
 * What is to be written of a partition's chunks, gathered before the transaction that writes it: sealing takes long, and goes on
 * beside the thread. What is put and removed again is never written.
 */
export class Edits {
  readonly #place: ChunkPlace;
  readonly #puts = new Map<number, Put>();
  readonly #removed = new Set<number>();
  #less = 0;

  constructor(place: ChunkPlace) {
    this.#place = place;
  }

  /** `chunk`: its bytes must not change. `pack`: it is compressed. */
  put(offset: number, chunk: Chunk, pack: boolean): Lying {
    const put: Put = { lying: { offset, size: 0 }, chunk, pack, sealed: undefined };
    this.#puts.set(offset, put);
    return put.lying;
  }

  remove({ offset, size }: Lying): void {
    if (this.#puts.delete(offset)) return;
    this.#removed.add(offset);
    this.#less += size;
  }

  /** Makes ready what is to be written. */
  async seal(): Promise<void> {
    const sealing = Array.from(this.#puts.values(), async (put) => {
      put.sealed ??= await seal(chunkKey(this.#place, put.lying.offset), put.chunk, put.pack);
      put.lying.size = sizeOf(put.sealed);
    });
    await Promise.all(sealing);
  }

  /** What the partition's chunks take more with it, bytes. Of sealed ones. */
  get more(): number {
    let more = -this.#less;
    for (const { lying } of this.#puts.values()) more += lying.size;
    return more;
  }

  /** Writes what is sealed. */
  apply(target: ChunkTarget): void {
    for (const offset of this.#removed) if (!this.#puts.has(offset)) target.remove(chunkKey(this.#place, offset));
    for (const { lying, sealed } of this.#puts.values()) {
      if (sealed !== undefined) target.put(chunkKey(this.#place, lying.offset), sealed);
    }
  }
}
