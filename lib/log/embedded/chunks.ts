import type { Database } from 'lmdb';
import type { Codec } from '#lib/avro/codec';
import { type Chunk, unseal } from '#lib/log/embedded/chunk';
import { type ChunkPlace, chunkKey, offsetOf } from '#lib/log/embedded/chunk-key';
import { type ChunkCursor, openChunk } from '#lib/log/embedded/cursor';

/** The chunks on the disk. */
export type ChunkDatabase = Database<Buffer, Uint8Array>;

/** A chunk as it lies on the disk. */
export interface StoredChunk {
  /** Of its first record. */
  readonly offset: number;
  readonly bytes: Buffer;
}

export const MAX_OFFSET = 2 ** 48 - 1;

/** The chunks of a partition that begin at `from` or later, oldest first, or before it, newest first. */
export function* chunksOf(
  database: ChunkDatabase,
  place: ChunkPlace,
  from: number,
  direction: 'on' | 'back',
): Generator<StoredChunk> {
  const reverse = direction === 'back';
  const end = chunkKey(place, reverse ? 0 : MAX_OFFSET);
  for (const { key, value } of database.getRange({ start: chunkKey(place, from), end, reverse, inclusiveEnd: true })) {
    // What a range gives is valid until its next entry.
    yield { offset: offsetOf(key), bytes: Buffer.from(value) };
  }
}

/** What a chunk holds. Throws DamagedError if that is not what was written. */
export function unpack(place: ChunkPlace, { offset, bytes }: StoredChunk): Chunk {
  return unseal(place.at, offset, chunkKey(place, offset), bytes);
}

export interface Chunks {
  /** The chunk that holds `offset`, opened there; undefined if there is none. Throws DamagedError. */
  find(slot: ChunkPlace, offset: number): ChunkCursor | undefined;
}

export function createChunks(database: ChunkDatabase, codec: Codec): Chunks {
  return {
    find(slot, offset) {
      const exact = database.get(chunkKey(slot, offset));
      const stored = exact === undefined ? first(chunksOf(database, slot, offset, 'back')) : { offset, bytes: exact };
      if (stored === undefined) return undefined;
      const cursor = openChunk(slot.at, stored.offset, unpack(slot, stored), codec);
      cursor.skipTo(offset);
      return cursor.hasNext() ? cursor : undefined;
    },
  };
}

export function first<Item>(items: Iterable<Item>): Item | undefined {
  for (const item of items) return item;
  return undefined;
}
