import type { TopicPartition } from '#lib/flow/position';

/** Which partition a chunk belongs to. */
export interface ChunkPlace {
  readonly at: TopicPartition;
  readonly topicId: number;
}

const KEY_BYTES = 10;

/** Key of a chunk: topic id, partition, offset of its first record, all big-endian, so that keys sort as records do. */
export function chunkKey({ topicId, at }: ChunkPlace, offset: number): Buffer {
  const key = Buffer.allocUnsafe(KEY_BYTES);
  key.writeUInt16BE(topicId, 0);
  key.writeUInt16BE(at.partition, 2);
  key.writeUIntBE(offset, 4, 6);
  return key;
}

/** Offset of the first record of the chunk with this key. */
export function offsetOf(key: Uint8Array): number {
  return Buffer.from(key).readUIntBE(4, 6);
}

/** What a stored chunk takes with its key, bytes. */
export function sizeOf(stored: Uint8Array): number {
  return KEY_BYTES + stored.length;
}
