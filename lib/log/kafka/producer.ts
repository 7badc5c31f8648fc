import type { Kafka, Producer } from 'kafkajs';

/** A partition's number is ours to set: every record has one writer. */
const OWN_PARTITION =
  () =>
  ({ message }: { message: { partition?: number } }) => {
    if (message.partition === undefined) throw new Error('a record without a partition');
    return message.partition;
  };

/** A transaction that begins while the markers of the one before are still being written is refused for some milliseconds. */
const RETRY = { initialRetryTime: 8, multiplier: 1.7, maxRetryTime: 2_000, retries: 12 };

export interface ProducerSettings {
  readonly transactionalId?: string;
  /** ms */
  readonly transactionTimeout?: number;
}

/** A producer that writes each record once, or not at all. Throw it away after any error: its sequence may be broken. */
export function createProducer(kafka: Kafka, settings: ProducerSettings): Producer {
  return kafka.producer({
    ...settings,
    idempotent: true,
    retry: RETRY,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    createPartitioner: OWN_PARTITION,
  });
}
