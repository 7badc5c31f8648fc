import { type Codec, HEADER_BYTES } from '#lib/avro/codec';
import { type LogRecord, Undecodable } from '#lib/flow/log';
import type { FetchedRecord } from '#lib/log/kafka/committed';
import type { Decode } from '#lib/log/kafka/reader';
import type { RemoteRegistry } from '#lib/log/kafka/remote-registry';

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
        value: value === null ? new Undecodable(new Uint8Array(), 'a record without a value') : codec.decode(value),
      }),
    );
  };
}

function idsOf(records: readonly FetchedRecord[]): Set<number> {
  const ids = new Set<number>();
  for (const { value } of records) {
    if (value !== null && value.length >= HEADER_BYTES && value[0] === 0) ids.add(value.readUInt32BE(1));
  }
  return ids;
}
