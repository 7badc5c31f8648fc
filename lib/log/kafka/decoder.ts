import { type Codec, HEADER_BYTES } from '#lib/avro/codec';
import { type LogRecord, Undecodable } from '#lib/flow/log';
import type { FetchedRecord } from '#lib/log/kafka/committed';
import type { Decode } from '#lib/log/kafka/reader';
import type { RemoteRegistry } from '#lib/log/kafka/remote-registry';
import { type AnyMessage, TOPIC_SCHEMAS } from '#schemas/topics';

/** Decodes pages of records; schemas that they name are fetched first, so that an outage is no dead letter. */
export function createDecoder(codec: Codec, registry: RemoteRegistry): Decode {
  return async ({ topic, partition }, records) => {
    await registry.ensure(idsOf(records));
    return records.map(
      ({ offset, key, value }): LogRecord => ({
        topic,
        partition,
        offset: Number(offset),
        key: key === null ? null : key.toString(),
        value: value === null ? new Undecodable(new Uint8Array(), 'a record without a value') : read(topic, value),
      }),
    );
  };

  /** A topic that publishers write may hold records of other topics: no service knows what to do with those. */
  function read(topic: string, bytes: Buffer): AnyMessage | Undecodable {
    const message = codec.decode(bytes);
    if (message instanceof Undecodable || carries(topic, message.type)) return message;
    return new Undecodable(bytes, `${topic} carries no ${message.type}`);
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
  for (const { value } of records) {
    if (value !== null && value.length >= HEADER_BYTES && value[0] === 0) ids.add(value.readUInt32BE(1));
  }
  return ids;
}
