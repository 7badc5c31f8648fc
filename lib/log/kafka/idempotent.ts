import type { Kafka } from 'kafkajs';
import type { Clock } from '#lib/flow/ports';
import { createCluster } from '#lib/log/kafka/cluster';
import { kafkaFailure, typeOf } from '#lib/log/kafka/failure';
import { leaderOf } from '#lib/log/kafka/leader';
import { createSending } from '#lib/log/kafka/sending';
import { createSequences } from '#lib/log/kafka/sequences';
import { type PartitionBatch, produceRequest, type Written } from '#lib/log/kafka/wire/produce';
import { ProtocolError } from '#lib/log/kafka/wire/protocol-error';
import { sendRequest } from '#lib/log/kafka/wire/request';
import { initProducerRequest } from '#lib/log/kafka/wire/transaction-requests';
import { WireWriter } from '#lib/log/kafka/wire/writer';

/** A writer outside of transactions. After an error it is of no more use: close it and open another one. */
export interface IdempotentWriter {
  /**
   * Writes a batch, once however often its answer is lost. One call after the other. A leader that moves or restarts is
   * waited for; rejects if it stays away, and then nobody knows whether the batch is in the log.
   */
  write(batch: PartitionBatch): Promise<Written>;
  close(): Promise<void>;
}

/** Told by a broker that may take the same batch later, or that is not the one to take it. */
const MOMENTARY = [
  'UNKNOWN_TOPIC_OR_PARTITION',
  'NOT_LEADER_OR_FOLLOWER',
  'REQUEST_TIMED_OUT',
  'REPLICA_NOT_AVAILABLE',
  'NOT_ENOUGH_REPLICAS',
  'NOT_ENOUGH_REPLICAS_AFTER_APPEND',
  'KAFKA_STORAGE_ERROR',
  'FENCED_LEADER_EPOCH',
  'UNKNOWN_LEADER_EPOCH',
];
/** About 15 seconds in all: enough for a broker to be restarted in. */
const ATTEMPTS = 12;
const FIRST_PAUSE = 20;
const LONGEST_PAUSE = 2_000;

const NO_TRANSACTIONS = 0;

export async function openIdempotentWriter(kafka: Kafka, clock: Clock): Promise<IdempotentWriter> {
  const cluster = createCluster(kafka);
  const { sequenceOf } = createSequences();
  const scratch = new WireWriter();
  try {
    await cluster.connect();
    await cluster.refreshMetadata();
    const any = await cluster.findControllerBroker();
    const init = initProducerRequest(null, NO_TRANSACTIONS);
    const producer = await createSending(clock)(() => sendRequest(any, init));
    const session = { ...producer, transactional: false };

    return {
      async write(batch) {
        const options = { transactionalId: null, session, sequenceOf, timestamp: clock.now() };
        const request = produceRequest([batch], options, scratch);
        for (let attempt = 1, pause = FIRST_PAUSE; ; attempt++, pause = Math.min(LONGEST_PAUSE, 2 * pause)) {
          try {
            const [written] = await sendRequest(await leaderOf(cluster, batch), request);
            if (written === undefined) throw new Error('the broker answers for no partition');
            return written;
          } catch (thrown) {
            if (!isMomentary(thrown) || attempt === ATTEMPTS) throw thrown;
            await clock.sleep(pause);
            await cluster.refreshMetadata().catch(() => cluster.disconnect().catch(() => {}));
          }
        }
      },
      close: () => cluster.disconnect(),
    };
  } catch (thrown) {
    await cluster.disconnect().catch(() => {});
    throw thrown;
  }
}

/** Of errors that no broker has answered, those that may pass. */
function isMomentary(thrown: unknown): boolean {
  if (thrown instanceof ProtocolError) return MOMENTARY.includes(typeOf(thrown) ?? '');
  return kafkaFailure('', thrown).retriable;
}
