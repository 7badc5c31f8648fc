import type { Consumer, Kafka } from 'kafkajs';
import type { FlowError } from '#lib/flow/errors';
import type { Member } from '#lib/flow/log';
import { createAssigner, type SharedTopics, sharesOf } from '#lib/log/kafka/assigner';
import { kafkaFailure } from '#lib/log/kafka/failure';
import type { KafkaSettings } from '#lib/log/kafka/settings';

/** Others wait so long for a member that is busy to join again, ms. */
const REBALANCE_TIMEOUT = 30_000;
/** How often a member that fetches nothing looks whether its heartbeat is due, ms. */
const LOOK = 200;
/** Between two tries to join again, ms. */
const REJOIN_PAUSE = 1_000;
const RETRY = { initialRetryTime: 100, maxRetryTime: 2_000, retries: 5, restartOnFailure: async () => true };

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

  let consumer: Consumer | undefined;
  /** Joins once more, as a new member. Resolves when its shares are told. */
  async function join(): Promise<void> {
    const own = kafka.consumer({
      groupId,
      partitionAssigners: [() => createAssigner(shared, () => member.progress?.() ?? new Map())],
      sessionTimeout: settings.sessionTimeout,
      heartbeatInterval: settings.heartbeatInterval,
      rebalanceTimeout: REBALANCE_TIMEOUT,
      maxWaitTimeInMs: LOOK,
      allowAutoTopicCreation: false,
      retry: RETRY,
    });
    consumer = own;
    let first = true;
    const joined = new Promise<void>((resolve, reject) => {
      own.on(own.events.GROUP_JOIN, ({ payload }) => {
        own.pause(shared.topics.map((topic) => ({ topic })));
        if (left !== undefined) return;
        first = false;
        tell(sharesOf(shared, payload.memberAssignment)).then(resolve, reject);
      });
      own.on(own.events.CRASH, ({ payload }) => {
        if (payload.restart || left !== undefined) return;
        const error = kafkaFailure(`keeping the membership of group ${groupId}`, payload.error);
        if (first) reject(error);
        else void rejoin(error);
      });
    });
    joined.catch(() => {}); // awaited below, once the consumer runs
    await own.connect();
    await own.subscribe({ topics: [...shared.topics] });
    await own.run({ autoCommit: false, eachBatch: async () => {} });
    await joined;
  }

  /** kafkajs gives up in some outages, e.g. when no coordinator is found: tasks go on meanwhile, the broker fences who must not. */
  async function rejoin(lost: FlowError): Promise<void> {
    for (let error = lost; left === undefined; ) {
      if (!error.retriable) {
        member.lost?.(error);
        return;
      }
      await consumer?.disconnect().catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, REJOIN_PAUSE));
      if (left !== undefined) return;
      try {
        await join();
        return;
      } catch (thrown) {
        error = kafkaFailure(`joining group ${groupId} again`, thrown);
      }
    }
  }

  try {
    await join();
  } catch (thrown) {
    await consumer?.disconnect().catch(() => {});
    throw kafkaFailure(`joining group ${groupId}`, thrown);
  }

  return () => {
    left ??= tell([]).finally(() => consumer?.disconnect().catch(() => {}));
    return left;
  };
}
