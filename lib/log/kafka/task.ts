import type { Admin, Kafka, Producer, RecordMetadata, TopicMessages, Transaction } from 'kafkajs';
import { FlowError, fenced } from '#lib/flow/errors';
import type { TaskLog } from '#lib/flow/log';
import type { InputPosition, TopicPartition } from '#lib/flow/position';
import { isFenced, kafkaFailure } from '#lib/log/kafka/failure';
import { type Encode, requestsOf } from '#lib/log/kafka/outbox';
import { offsetsOf, readPositions } from '#lib/log/kafka/positions';
import { createProducer } from '#lib/log/kafka/producer';
import { sendAll, sendOffsets } from '#lib/log/kafka/send';

export interface TaskDeps {
  readonly kafka: Kafka;
  readonly admin: Admin;
  readonly prefix: string;
  readonly transactionTimeout: number;
  readonly topicOf: (topic: string) => string;
  readonly encode: Encode;
  /** Told where committed records went. */
  readonly wrote: (written: readonly RecordMetadata[]) => void;
}

/**
 * Opens a task: `transactional.id` is the task's name, so that the broker fences its older owner and settles what that one
 * left open. Positions are those of the group named after the service. A TaskLog that has failed once writes no more.
 */
export async function openTask(deps: TaskDeps, task: string): Promise<TaskLog> {
  const { kafka, admin, prefix, transactionTimeout, topicOf } = deps;
  const groupId = groupOf(prefix, task);
  const producer = createProducer(kafka, { transactionalId: `${prefix}${task}`, transactionTimeout });
  /** What this owner has committed itself: others may see it some milliseconds later. */
  const committed = new Map<string, InputPosition>();
  let usable = true;
  try {
    await producer.connect();
    // kafkajs asks for the producer's epoch when its first transaction begins; one without records leaves no trace.
    await (await producer.transaction()).abort();
  } catch (thrown) {
    await disconnect(producer);
    throw kafkaFailure(`opening task ${task}`, thrown);
  }
  return {
    async positions(inputs) {
      try {
        const stored = await readPositions(admin, groupId, inputs, topicOf);
        return inputs.map((input, i) => committed.get(keyOf(input)) ?? stored[i]);
      } catch (thrown) {
        throw kafkaFailure(`reading the positions of ${groupId}`, thrown);
      }
    },
    async commit(outputs, positions) {
      if (!usable) throw new FlowError('closed', `task ${task} is closed`, { retriable: false });
      const requests = requestsOf(deps.encode(outputs));
      if (requests.length === 0 && positions.length === 0) return;
      try {
        const transaction = await producer.transaction();
        const written = await write(transaction, requests, positions);
        await transaction.commit();
        deps.wrote(written);
        for (const input of positions) committed.set(keyOf(input), input);
      } catch (thrown) {
        usable = false;
        throw isFenced(thrown) ? fenced(task) : kafkaFailure(`committing task ${task}`, thrown);
      }
    },
    async close() {
      usable = false;
      await disconnect(producer);
    },
  };

  async function write(
    transaction: Transaction,
    requests: readonly TopicMessages[][],
    positions: readonly InputPosition[],
  ) {
    const offsets = positions.length === 0 ? undefined : { consumerGroupId: groupId, ...offsetsOf(positions, topicOf) };
    const sent = await Promise.allSettled([
      sendAll(transaction, requests),
      offsets === undefined ? undefined : sendOffsets(transaction, offsets),
    ]);
    const [records] = sent;
    const failed = sent.find((outcome) => outcome.status === 'rejected');
    if (failed !== undefined || records.status === 'rejected') throw failed?.reason;
    return records.value;
  }
}

/** The group of a task, service-partition: that of its service. */
export function groupOf(prefix: string, task: string): string {
  return `${prefix}${task.replace(/-\d+$/, '')}`;
}

function keyOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}

/** Closing is over when nothing of ours is sent any more, whatever the connection says to it. */
async function disconnect(producer: Producer): Promise<void> {
  await producer.disconnect().catch(() => {});
}
