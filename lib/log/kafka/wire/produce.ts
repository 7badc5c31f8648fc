import type { TopicPartition } from '#lib/flow/position';
import { ProtocolError } from '#lib/log/kafka/wire/protocol-error';
import type { WireReader } from '#lib/log/kafka/wire/reader';
import { batchOf, type ProducerSession, type WireRecord } from '#lib/log/kafka/wire/record-batch';
import type { WireRequest } from '#lib/log/kafka/wire/request';
import type { WireWriter } from '#lib/log/kafka/wire/writer';

/** Records of one partition, as one batch. */
export interface PartitionBatch extends TopicPartition {
  readonly records: readonly WireRecord[];
}

/** Where a batch went. */
export interface Written extends TopicPartition {
  /** Offset of its first record. */
  readonly baseOffset: number;
}

export interface ProduceOptions {
  readonly transactionalId: string | null;
  readonly session: ProducerSession;
  /** Of the first record of a batch, among all that the session writes to its partition. */
  readonly sequenceOf: (batch: PartitionBatch) => number;
  /** The records' time, ms. */
  readonly timestamp: number;
}

const ALL_REPLICAS = -1;
/** How long the broker may wait for its replicas, ms. */
const TIMEOUT = 30_000;

/**
 * A Produce request, at most one batch a partition. In a transaction the broker takes the partition into it by itself.
 * `to`: must not change before the answer is there. Its answer is a ProtocolError unless every batch was taken.
 * https://kafka.apache.org/protocol#The_Messages_Produce
 */
export function produceRequest(
  batches: readonly PartitionBatch[],
  { transactionalId, session, sequenceOf, timestamp }: ProduceOptions,
  to: WireWriter,
): WireRequest<readonly Written[]> {
  to.clear().noTags().compactString(transactionalId).int16(ALL_REPLICAS).int32(TIMEOUT);
  const topics = new Set(batches.map(({ topic }) => topic));
  to.compactArray(topics.size);
  for (const topic of topics) {
    const own = batches.filter((batch) => batch.topic === topic);
    to.compactString(topic).compactArray(own.length);
    for (const batch of own) {
      const bytes = batchOf(batch.records, session, sequenceOf(batch), timestamp);
      to.int32(batch.partition)
        .unsignedVarint(bytes.length + 1)
        .raw(bytes)
        .noTags();
    }
    to.noTags();
  }
  to.noTags();
  return { name: 'Produce', apiKey: 0, version: 12, body: to.written, taggedAnswer: true, read: readWritten };
}

function readWritten(from: WireReader): readonly Written[] {
  let failure: ProtocolError | undefined;
  const topics = from.compactArray(() => {
    const topic = from.compactString() ?? '';
    const partitions = from.compactArray((): Written => {
      const partition = from.int32();
      const code = from.int16();
      const baseOffset = from.int64();
      from.int64(); // time of the log
      from.int64(); // start of the log
      const faults = from.compactArray(() => {
        const place = from.int32();
        const why = from.compactString();
        from.tags();
        return `record ${place}: ${why}`;
      });
      const detail = from.compactString();
      from.tags();
      if (code !== 0) failure ??= new ProtocolError(code, [detail, ...faults].filter(Boolean).join('; '));
      return { topic, partition, baseOffset };
    });
    from.tags();
    return partitions;
  });
  if (failure !== undefined) throw failure;
  return topics.flat();
}
