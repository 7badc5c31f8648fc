import type { Admin, Kafka } from 'kafkajs';
import { FlowError, fenced } from '#lib/flow/errors';
import type { TaskLog } from '#lib/flow/log';
import type { Clock } from '#lib/flow/ports';
import { type InputPosition, partitionName } from '#lib/flow/position';
import { isFenced, kafkaFailure } from '#lib/log/kafka/failure';
import type { Encode } from '#lib/log/kafka/outbox';
import { offsetsOf, readPositions } from '#lib/log/kafka/positions';
import { openTransactions, type Transactions } from '#lib/log/kafka/transactions';
import type { Written } from '#lib/log/kafka/wire/produce';

export interface TaskDeps {
  readonly kafka: Kafka;
  readonly admin: Admin;
  readonly clock: Clock;
  readonly prefix: string;
  readonly transactionTimeout: number;
  readonly topicOf: (topic: string) => string;
  /** The id under which a task writes: whoever opens it fences its older owner. */
  readonly transactionalIdOf: (task: string) => string;
  /** For this task alone. */
  readonly encode: Encode;
  /** Told where committed records went. */
  readonly wrote: (written: readonly Written[]) => void;
}

/**
 * Opens a task: the broker fences its older owner and settles what that one left open. Positions are those of the group
 * named after the service. A TaskLog that has failed once writes no more.
 */
export async function openTask(deps: TaskDeps, task: string): Promise<TaskLog> {
  const { kafka, admin, clock, prefix, transactionTimeout, topicOf } = deps;
  const groupId = groupOf(prefix, task);
  /** What this owner has committed itself: others may see it some milliseconds later. */
  const committed = new Map<string, InputPosition>();
  let usable = true;
  let transactions: Transactions;
  try {
    const transactionalId = deps.transactionalIdOf(task);
    transactions = await openTransactions(kafka, { transactionalId, timeout: transactionTimeout, clock });
  } catch (thrown) {
    throw kafkaFailure(`opening task ${task}`, thrown);
  }
  return {
    async positions(inputs) {
      try {
        const stored = await readPositions(admin, groupId, inputs, topicOf);
        return inputs.map((input, i) => committed.get(partitionName(input)) ?? stored[i]);
      } catch (thrown) {
        throw kafkaFailure(`reading the positions of ${groupId}`, thrown);
      }
    },
    async commit(outputs, positions) {
      if (!usable) throw new FlowError('closed', `task ${task} is closed`, { retriable: false });
      const records = deps.encode(outputs);
      // Without positions only where records begin the transaction: a commit of nothing must reach the broker, too.
      const offsets = positions.length === 0 && records.length > 0 ? [] : [offsetsOf(groupId, positions, topicOf)];
      try {
        deps.wrote(await transactions.commit(records, offsets));
        for (const input of positions) committed.set(partitionName(input), input);
      } catch (thrown) {
        usable = false;
        throw isFenced(thrown) ? fenced(task) : kafkaFailure(`committing task ${task}`, thrown);
      }
    },
    async close() {
      usable = false;
      // Closing is over when nothing of ours is sent any more, whatever the connection says to it.
      await transactions.close().catch(() => {});
    },
  };
}

/** The group of a task, service-partition: that of its service. */
export function groupOf(prefix: string, task: string): string {
  return `${prefix}${task.replace(/-\d+$/, '')}`;
}
