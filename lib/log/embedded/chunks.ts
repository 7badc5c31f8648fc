import type { Database } from 'lmdb';
import type { Codec } from '#lib/avro/codec';
import { type ChunkCursor, openChunk } from '#lib/log/embedded/cursor';
import { chunkKey, offsetOf, type Slot } from '#lib/log/embedded/slot';

/** The chunks on the disk. */
export type ChunkDatabase = Database<Buffer, Uint8Array>;

export interface Chunks {
  /** The chunk that holds `offset`, opened there, or the first one after it; undefined if there is none. */
  find(slot: Slot, offset: number): ChunkCursor | undefined;
  /** Offset of the oldest record, or undefined if there is none. */
  oldest(slot: Slot): number | undefined;
}

const MAX_OFFSET = 2 ** 48 - 1;

export function createChunks(database: ChunkDatabase, codec: Codec): Chunks {
  const first = (slot: Slot, start: number, end: number, reverse: boolean) => {
    const range = { start: chunkKey(slot, start), end: chunkKey(slot, end), reverse, inclusiveEnd: true, limit: 1 };
    for (const entry of database.getRange(range)) return entry;
    return undefined;
  };
  const openEntry = (slot: Slot, entry: { readonly key: Uint8Array; readonly value: Buffer }, offset: number) => {
    const cursor = openChunk(slot.at, offsetOf(entry.key), Buffer.from(entry.value), codec);
    cursor.skipTo(offset);
    return cursor.hasNext() ? cursor : undefined;
  };

  return {
    find(slot, offset) {
      const exact = database.get(chunkKey(slot, offset));
      if (exact !== undefined) return openChunk(slot.at, offset, exact, codec);
      const before = first(slot, offset, 0, true);
      const opened = before === undefined ? undefined : openEntry(slot, before, offset);
      if (opened !== undefined) return opened;
      const after = first(slot, offset, MAX_OFFSET, false);
      return after === undefined ? undefined : openEntry(slot, after, offset);
    },
    oldest(slot) {
      const entry = first(slot, 0, MAX_OFFSET, false);
      return entry === undefined ? undefined : offsetOf(entry.key);
    },
  };
}
