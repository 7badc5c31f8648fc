import type { Kafka } from 'kafkajs';
import { messageOf } from '#lib/flow/errors';
import type { Clock } from '#lib/flow/ports';
import { createCluster } from '#lib/log/kafka/cluster';
import { createCoordinators } from '#lib/log/kafka/coordinators';
import { batchesOf, type Sendable } from '#lib/log/kafka/outbox';
import { createSender } from '#lib/log/kafka/sender';
import { createSending } from '#lib/log/kafka/sending';
import { createSequences } from '#lib/log/kafka/sequences';
import type { Written } from '#lib/log/kafka/wire/produce';
import type { WireRequest } from '#lib/log/kafka/wire/request';
import {
  beginRequest,
  commitOffsetsRequest,
  endTransactionRequest,
  type GroupOffsets,
  initProducerRequest,
} from '#lib/log/kafka/wire/transaction-requests';

/** A writer whose writes are all or nothing. After any error it is of no more use: close it and open another one. */
export interface Transactions {
  /**
   * Writes records, and positions of groups (of none of their topics, if the commit is to be empty), together. One call after
   * the other. Resolves to where the records went. Rejects with UnknownOutcome if they may be in the log, and with anything else if they are not.
   */
  commit(records: readonly Sendable[], offsets: readonly GroupOffsets[]): Promise<readonly Written[]>;
  close(): Promise<void>;
}

export interface TransactionsOptions {
  /** Opening it fences whoever has it, and settles what that one left open. */
  readonly transactionalId: string;
  /** A transaction that is open for so long is aborted by the broker, ms. */
  readonly timeout: number;
  readonly clock: Clock;
}

/** The end of a transaction was asked for and not confirmed: it may be in the log or not. */
export class UnknownOutcome extends Error {
  constructor(cause: unknown) {
    super(messageOf(cause), { cause });
    this.name = 'UnknownOutcome';
  }
}

/**
 * Transactions as of Kafka 4 (transaction.version 2): brokers take partitions and groups into the transaction by themselves, and
 * each transaction has an epoch of its own, so that nothing late of an older one can enter it.
 * https://cwiki.apache.org/confluence/display/KAFKA/KIP-890
 */
export async function openTransactions(kafka: Kafka, options: TransactionsOptions): Promise<Transactions> {
  const { transactionalId, timeout, clock } = options;
  const cluster = createCluster(kafka);
  const sending = createSending(clock);
  const sender = createSender(cluster, sending);
  const coordinators = createCoordinators(cluster, sending);

  try {
    await cluster.connect();
    await cluster.refreshMetadata();
    const coordinate = <Answer>(request: WireRequest<Answer>) =>
      coordinators.send('transaction', transactionalId, request);
    let producer = await coordinate(initProducerRequest(transactionalId, timeout));

    return {
      async commit(records, offsets) {
        // 1. Records, each partition's in their order.
        const session = { ...producer, transactional: true };
        const { sequenceOf } = createSequences();
        const produce = { transactionalId, session, sequenceOf, timestamp: clock.now() };
        const written = await sender.send(batchesOf(records), produce);
        // 2. Positions. Not at once with the records: whichever came second would be refused until the first has begun the transaction.
        for (const group of offsets) {
          if (group.topics.length === 0) await coordinate(beginRequest(transactionalId, producer, group.groupId));
          else await coordinators.send('group', group.groupId, commitOffsetsRequest(transactionalId, producer, group));
        }
        // 3. Both, or neither.
        try {
          producer = await coordinate(endTransactionRequest(transactionalId, producer));
        } catch (thrown) {
          throw new UnknownOutcome(thrown);
        }
        return written;
      },
      close: () => cluster.disconnect(),
    };
  } catch (thrown) {
    await cluster.disconnect().catch(() => {});
    throw thrown;
  }
}
