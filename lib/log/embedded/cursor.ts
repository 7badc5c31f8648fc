import type { Codec } from '#lib/avro/codec';
import type { LogRecord } from '#lib/flow/log';
import type { TopicPartition } from '#lib/flow/position';
import type { Chunk } from '#lib/log/embedded/chunk';
import { keySizeAt, NO_KEY, RECORD_HEADER, recordEnd } from '#lib/log/embedded/records';

/** A place in a chunk that was read from the disk. */
export interface ChunkCursor {
  /** Offset of the next record. */
  offset(): number;
  /** False when the chunk is read to its end. */
  hasNext(): boolean;
  next(): LogRecord;
  /** Passes over the records before `offset`. */
  skipTo(offset: number): void;
  /** Bytes of the chunk, unpacked. */
  readonly size: number;
}

/** `from`: offset of the chunk's first record. */
export function openChunk(
  at: TopicPartition,
  from: number,
  { count, body }: Pick<Chunk, 'count' | 'body'>,
  codec: Codec,
): ChunkCursor {
  const end = from + count;
  let offset = from;
  let place = 0;

  return {
    size: body.length,
    offset: () => offset,
    hasNext: () => offset < end,
    next() {
      const keyAt = place + RECORD_HEADER;
      const valueAt = keyAt + keySizeAt(body, place);
      const key = body.readUInt16BE(place) === NO_KEY ? null : body.toString('utf8', keyAt, valueAt);
      const value = codec.decode(body, valueAt, recordEnd(body, place));
      const record = { topic: at.topic, partition: at.partition, offset, key, value };
      place = recordEnd(body, place);
      offset++;
      return record;
    },
    skipTo(wanted) {
      for (; offset < wanted && offset < end; offset++) place = recordEnd(body, place);
    },
  };
}
