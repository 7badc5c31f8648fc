import type { Codec } from '#lib/avro/codec';
import type { LogRecord } from '#lib/flow/log';
import type { TopicPartition } from '#lib/flow/position';
import { CHUNK_HEADER, countOf, NO_KEY, RECORD_HEADER } from '#lib/log/embedded/chunk';

/** A place in a chunk that was read from the disk. */
export interface ChunkCursor {
  /** Offset of the next record. */
  offset(): number;
  /** False when the chunk is read to its end. */
  hasNext(): boolean;
  next(): LogRecord;
  /** Passes over the records before `offset`. */
  skipTo(offset: number): void;
  /** Bytes of the chunk. */
  readonly size: number;
}

/** `from`: offset of the chunk's first record. */
export function openChunk(at: TopicPartition, from: number, bytes: Buffer, codec: Codec): ChunkCursor {
  const end = from + countOf(bytes);
  let offset = from;
  let place = CHUNK_HEADER;

  const keySize = (): number => {
    const size = bytes.readUInt16BE(place);
    return size === NO_KEY ? 0 : size;
  };
  const advance = (): void => {
    place += RECORD_HEADER + keySize() + bytes.readUInt32BE(place + 2);
    offset++;
  };

  return {
    size: bytes.length,
    offset: () => offset,
    hasNext: () => offset < end,
    next() {
      const keyAt = place + RECORD_HEADER;
      const valueAt = keyAt + keySize();
      const key = bytes.readUInt16BE(place) === NO_KEY ? null : bytes.toString('utf8', keyAt, valueAt);
      const value = codec.decode(bytes, valueAt, valueAt + bytes.readUInt32BE(place + 2));
      const record = { topic: at.topic, partition: at.partition, offset, key, value };
      advance();
      return record;
    },
    skipTo(wanted) {
      while (offset < wanted && offset < end) advance();
    },
  };
}
