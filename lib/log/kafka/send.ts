import type { Offsets, Producer, RecordMetadata, TopicMessages, Transaction } from 'kafkajs';
import { typeOf } from '#lib/log/kafka/failure';

/** Sends requests in their order: the next one goes out when the one before is in the log. Resolves to where they went. */
export async function sendAll(
  to: Pick<Producer, 'sendBatch'>,
  requests: readonly TopicMessages[][],
): Promise<RecordMetadata[]> {
  const written: RecordMetadata[] = [];
  for (const topicMessages of requests) written.push(...(await to.sendBatch({ acks: -1, topicMessages })));
  return written;
}

const FIRST_PAUSE = 8;
const ATTEMPTS = 12;

/**
 * Adds offsets to a transaction. While the markers of the transaction before are still being written the broker answers
 * CONCURRENT_TRANSACTIONS, which kafkajs retries for records only.
 */
export async function sendOffsets(
  transaction: Transaction,
  offsets: Offsets & { consumerGroupId: string },
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await transaction.sendOffsets(offsets);
      return;
    } catch (thrown) {
      if (typeOf(thrown) !== 'CONCURRENT_TRANSACTIONS' || attempt === ATTEMPTS) throw thrown;
      const pause = Math.min(FIRST_PAUSE * 1.7 ** attempt, 1_000);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}
