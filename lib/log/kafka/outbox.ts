import type { Codec } from '#lib/avro/codec';
import type { Outgoing } from '#lib/flow/log';
import type { TopicPartition } from '#lib/flow/position';
import { headersOf } from '#lib/log/kafka/headers';
import type { PartitionBatch } from '#lib/log/kafka/wire/produce';
import { recordSize, type WireRecord } from '#lib/log/kafka/wire/record-batch';
import type { AnyMessage } from '#schemas/topics';

/** A record as it goes over the wire. */
export interface Sendable {
  /** As the cluster calls it; the very same object for all records that go there. */
  readonly at: TopicPartition;
  readonly record: WireRecord;
}

/** Encodes records in their order; valid until the next call. Throws, before anything is sent, for a value that is not of its schema. */
export type Encode = (records: readonly Outgoing[]) => readonly Sendable[];

/** What Leadstream's topics and partitions are called in the cluster. */
export interface ClusterNames {
  topicOf(topic: string): string;
  /** Asked once for each partition. Throws for one that is not there. */
  placeOf(at: TopicPartition): TopicPartition;
}

/** An encoder for one writer. */
export function createEncoder(codec: Codec, { topicOf, placeOf }: ClusterNames): Encode {
  const batch = codec.createBatch();
  const places = new Map<string, TopicPartition[]>();
  const place = (at: TopicPartition): TopicPartition => {
    let ofTopic = places.get(at.topic);
    if (ofTopic === undefined) {
      ofTopic = [];
      places.set(at.topic, ofTopic);
    }
    const found = ofTopic[at.partition] ?? placeOf(at);
    ofTopic[at.partition] = found;
    return found;
  };
  return (records) => {
    batch.clear();
    const ends = records.map(({ topic, value }) => {
      if (!isMessage(value)) throw new Error(`a record for ${topic} is no message with a type and a value`);
      batch.add(value);
      return batch.end;
    });
    const { bytes } = batch;
    return records.map((record, i): Sendable => {
      const headers = isMessage(record.value) ? headersOf(record.value, topicOf) : undefined;
      const [start = 0, end = 0] = [ends[i - 1], ends[i]];
      return { at: place(record), record: { key: record.key, bytes, start, end, headers } };
    });
  };
}

/** Below the 1 MB that brokers accept as one batch by default. */
const MOST_BYTES = 900 * 1024;

/** Records as batches of the partitions that they go to, each partition's in their order. A larger record has a batch of its own. */
export function batchesOf(sendables: readonly Sendable[]): PartitionBatch[] {
  const batches: PartitionBatch[] = [];
  const growing = new Map<TopicPartition, Growing>();
  for (const { at, record } of sendables) {
    let own = growing.get(at);
    let size = recordSize(record, own?.records.length ?? 0);
    if (own === undefined || own.bytes + size > MOST_BYTES) {
      if (own !== undefined) batches.push(batchAt(at, own));
      own = { records: [], bytes: 0 };
      growing.set(at, own);
      size = recordSize(record, 0);
    }
    own.records.push(record);
    own.bytes += size;
  }
  for (const [at, own] of growing) batches.push(batchAt(at, own));
  return batches;
}

interface Growing {
  readonly records: WireRecord[];
  bytes: number;
}

function batchAt({ topic, partition }: TopicPartition, { records }: Growing): PartitionBatch {
  return { topic, partition, records };
}

/** Batches as rounds of at most one for each partition: a request holds no more. */
export function roundsOf(batches: readonly PartitionBatch[]): PartitionBatch[][] {
  const rounds: PartitionBatch[][] = [];
  const sent = new Map<string, number>();
  for (const batch of batches) {
    const key = `${batch.topic}/${batch.partition}`;
    const round = sent.get(key) ?? 0;
    sent.set(key, round + 1);
    const own = rounds[round];
    if (own === undefined) rounds.push([batch]);
    else own.push(batch);
  }
  return rounds;
}

/** Whether the value can be looked up by its type; whether it fits its schema shows when it is encoded. */
function isMessage(value: unknown): value is AnyMessage {
  return (
    typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string' && 'value' in value
  );
}
