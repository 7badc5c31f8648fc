import type { Admin } from 'kafkajs';
import type { NamedPosition } from '#lib/flow/log';
import type { GroupOffsets } from '#lib/log/kafka/wire/transaction-requests';

/**
 * Named positions are kept as the metadata of an offset, each in a group of its own: they are written in the transaction of
 * the records that they belong to.
 */
const MARK = '=';
/** Kafka's offset.metadata.max.bytes, by default. */
const MOST_BYTES = 4096;

/** What a transaction sends to store positions. Throws for a value that Kafka would not keep. */
export function namedOffsets(positions: readonly NamedPosition[], prefix: string, eventsTopic: string): GroupOffsets[] {
  return newestOf(positions).map(({ name, value }) => {
    const metadata = `${MARK}${value}`;
    const bytes = Buffer.byteLength(metadata);
    if (bytes > MOST_BYTES) throw new Error(`position ${name} takes ${bytes} bytes, Kafka keeps at most ${MOST_BYTES}`);
    return {
      groupId: groupOfNamed(prefix, name),
      topics: [{ topic: eventsTopic, partitions: [{ partition: 0, offset: 0, metadata }] }],
    };
  });
}

/** The last of each name. */
export function newestOf(positions: readonly NamedPosition[]): NamedPosition[] {
  return [...new Map(positions.map((position) => [position.name, position])).values()];
}

export async function readNamed(
  admin: Admin,
  prefix: string,
  eventsTopic: string,
  name: string,
): Promise<string | undefined> {
  const [found] = await admin.fetchOffsets({ groupId: groupOfNamed(prefix, name), topics: [eventsTopic] });
  const metadata = found?.partitions.find(({ partition }) => partition === 0)?.metadata;
  return metadata?.startsWith(MARK) ? metadata.slice(MARK.length) : undefined;
}

/** The group that keeps a position. */
export function groupOfNamed(prefix: string, name: string): string {
  return `${prefix}position.${name}`;
}
