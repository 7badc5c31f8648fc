import type { Message, TopicMessages } from 'kafkajs';
import type { Codec } from '#lib/avro/codec';
import type { Outgoing } from '#lib/flow/log';
import { headersOf } from '#lib/log/kafka/headers';
import type { AnyMessage } from '#schemas/topics';

/** A record as it goes over the wire. */
export interface Sendable {
  /** As the cluster calls it. */
  readonly topic: string;
  readonly message: Message;
  /** Bytes, about. */
  readonly size: number;
}

/** Encodes records in their order. Throws, before anything is sent, for a value that is not of its schema. */
export type Encode = (records: readonly Outgoing[]) => readonly Sendable[];

/** About what a record takes beside its key and value. */
const RECORD_BYTES = 24;

export function createEncoder(codec: Codec, topicOf: (record: Outgoing) => string): Encode {
  const batch = codec.createBatch();
  return (records) => {
    batch.clear();
    const encoded = records.map((record) => {
      const { topic, value } = record;
      if (!isMessage(value)) throw new Error(`a record for ${topic} is no message with a type and a value`);
      const start = batch.end;
      batch.add(value);
      return { record, message: value, start, end: batch.end };
    });
    // A copy: kafkajs may still hold it when the batch is used again.
    const bytes = Buffer.from(batch.bytes.subarray(0, batch.end));
    return encoded.map(({ record, message, start, end }) => {
      const key = record.key === null ? null : Buffer.from(record.key);
      const headers = headersOf(message);
      return {
        topic: topicOf(record),
        message: {
          partition: record.partition,
          key,
          value: bytes.subarray(start, end),
          ...(headers === undefined ? {} : { headers }),
        },
        size: RECORD_BYTES + (key?.length ?? 0) + end - start,
      };
    });
  };
}

/** A request of more messages crawls: kafkajs 2.2 copies all of a partition's for each of them. */
const MOST_MESSAGES = 800;
/** Below the 1 MB that brokers accept as one batch by default. */
const MOST_BYTES = 900 * 1024;

/** Records as requests of the producer, each of one or more topics, to be sent one after the other. */
export function requestsOf(records: readonly Sendable[]): TopicMessages[][] {
  const requests: TopicMessages[][] = [];
  let byTopic = new Map<string, Message[]>();
  let messages = 0;
  let bytes = 0;
  const finish = () => {
    if (messages > 0) requests.push(Array.from(byTopic, ([topic, own]) => ({ topic, messages: own })));
    byTopic = new Map();
    messages = 0;
    bytes = 0;
  };
  for (const { topic, message, size } of records) {
    if (messages === MOST_MESSAGES || bytes + size > MOST_BYTES) finish();
    messages++;
    bytes += size;
    const others = byTopic.get(topic);
    if (others === undefined) byTopic.set(topic, [message]);
    else others.push(message);
  }
  finish();
  return requests;
}

/** Whether the value can be looked up by its type; whether it fits its schema shows when it is encoded. */
function isMessage(value: unknown): value is AnyMessage {
  return (
    typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string' && 'value' in value
  );
}
