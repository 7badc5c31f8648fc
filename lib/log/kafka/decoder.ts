import { type Codec, HEADER_BYTES } from '#lib/avro/codec';
import { type LogRecord, Undecodable } from '#lib/flow/log';
import type { Decode } from '#lib/log/kafka/reader';
import type { RemoteRegistry } from '#lib/log/kafka/remote-registry';
import type { FetchedRecord } from '#lib/log/kafka/wire/fetched-record';
import { type AnyMessage, TOPIC_SCHEMAS } from '#schemas/topics';

/** Decodes pages of records; schemas that they name are fetched first, so that an outage is no dead letter. */
export function createDecoder(codec: Codec, registry: RemoteRegistry): Decode {
  return async ({ topic, partition }, records) => {
    await registry.ensure(idsOf(records));
    return records.map(
      (record): LogRecord => ({
        topic,
        partition,
        offset: record.offset,
        key: keyOf(record),
        value: read(topic, record),
      }),
    );
  };

  /** A topic that publishers write may hold records of other topics: no service knows what to do with those. */
  function read(topic: string, { bytes, start, end }: FetchedRecord): AnyMessage | Undecodable {
    if (start < 0) return new Undecodable(new Uint8Array(), 'a record without a value');
    const message = codec.decode(bytes, start, end);
    if (message instanceof Undecodable || carries(topic, message.type)) return message;
    return new Undecodable(bytes.subarray(start, end), `${topic} carries no ${message.type}`);
  }
}

const CARRIED = new Map<string, readonly string[]>(Object.entries(TOPIC_SCHEMAS));

/** Of topics that are not Leadstream's own, nothing is known. */
function carries(topic: string, type: string): boolean {
  const types = CARRIED.get(topic);
  return types === undefined || types.includes(type);
}

function idsOf(records: readonly FetchedRecord[]): Set<number> {
  const ids = new Set<number>();
  for (const { bytes, start, end } of records) {
    if (start >= 0 && end - start >= HEADER_BYTES && bytes[start] === 0) ids.add(bytes.readUInt32BE(start + 1));
  }
  return ids;
}

function keyOf({ bytes, keyStart, keyEnd }: FetchedRecord): string | null {
  return keyStart < 0 ? null : bytes.toString('utf8', keyStart, keyEnd);
}
