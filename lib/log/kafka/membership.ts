import type { Kafka } from 'kafkajs';
import type { Member } from '#lib/flow/log';
import { createAssigner, type SharedTopics, sharesOf } from '#lib/log/kafka/assigner';
import { kafkaFailure } from '#lib/log/kafka/failure';
import type { KafkaSettings } from '#lib/log/kafka/settings';

/** Others wait so long for a member that is busy to join again, ms. */
const REBALANCE_TIMEOUT = 30_000;
/** How often a member that fetches nothing looks whether its heartbeat is due, ms. */
const LOOK = 200;

/**
 * Membership in a consumer group, apart from reading: kafkajs's consumer keeps it alive and fetches nothing, so that long
 * batches delay no heartbeat. What is assigned follows the group's generations, which kafkajs tells only by its events.
 */
export async function joinGroup(
  kafka: Kafka,
  settings: Pick<KafkaSettings, 'sessionTimeout' | 'heartbeatInterval'>,
  groupId: string,
  shared: SharedTopics,
  member: Member,
): Promise<() => Promise<void>> {
  const consumer = kafka.consumer({
    groupId,
    partitionAssigners: [() => createAssigner(shared, () => member.progress?.() ?? new Map())],
    sessionTimeout: settings.sessionTimeout,
    heartbeatInterval: settings.heartbeatInterval,
    rebalanceTimeout: REBALANCE_TIMEOUT,
    maxWaitTimeInMs: LOOK,
    allowAutoTopicCreation: false,
    retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 5, restartOnFailure: async () => true },
  });
  let has: readonly number[] = [];
  let left: Promise<void> | undefined;
  let telling: Promise<void> = Promise.resolve();
  const tell = (shares: readonly number[]): Promise<void> => {
    telling = telling.then(async () => {
      const before = has;
      has = shares;
      const gone = before.filter((share) => !shares.includes(share));
      const fresh = shares.filter((share) => !before.includes(share));
      if (gone.length > 0) await member.revoked(gone);
      if (fresh.length > 0) await member.assigned(fresh);
    });
    return telling;
  };

  const joined = new Promise<void>((resolve, reject) => {
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      consumer.pause(shared.topics.map((topic) => ({ topic })));
      if (left === undefined) tell(sharesOf(shared, payload.memberAssignment)).then(resolve, reject);
    });
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      if (payload.restart) return;
      const error = kafkaFailure(`keeping the membership of group ${groupId}`, payload.error);
      reject(error);
      if (left === undefined) member.lost?.(error);
    });
  });
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [...shared.topics] });
    await consumer.run({ autoCommit: false, eachBatch: async () => {} });
    await joined;
  } catch (thrown) {
    await consumer.disconnect().catch(() => {});
    throw kafkaFailure(`joining group ${groupId}`, thrown);
  }

  return () => {
    left ??= tell([]).finally(() => consumer.disconnect().catch(() => {}));
    return left;
  };
}
