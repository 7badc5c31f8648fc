import type { Admin, Kafka } from 'kafkajs';
import { type ClientLog, createClient } from '#lib/log/kafka/client';
import { kafkaFailure } from '#lib/log/kafka/failure';
import type { KafkaSettings } from '#lib/log/kafka/settings';
import { connectionFailure } from '#lib/log/kafka/topics/connection-failure';
import { createTopics } from '#lib/log/kafka/topics/create';
import { describeBrokers, describeTopics } from '#lib/log/kafka/topics/describe';
import { countsOf, lostTopics, partitionDifferences, sharedPartitions } from '#lib/log/kafka/topics/partitions';
import { DEFAULT_PARTITIONS, DEFAULT_REPLICATION, planTopics } from '#lib/log/kafka/topics/plan';
import { recordedPartitions, recordPartitions } from '#lib/log/kafka/topics/recorded';
import { type TopicsReport, topicsReport } from '#lib/log/kafka/topics/report';
import { DAY } from '#lib/log/retention';
import { TOPICS } from '#schemas/topics';

export interface SettleOptions {
  readonly kafka: KafkaSettings;
  /** Of each of the shared topics; undefined: as they are, or the default. */
  readonly partitions: number | undefined;
  /** Copies; undefined: the default, as far as there are brokers. */
  readonly replication: number | undefined;
  /** Of lead.events and dead letters, days. */
  readonly retentionDays: number;
  /** Changes nothing, only compares. */
  readonly checkOnly: boolean;
  readonly onLog?: ClientLog;
}

/**
 * Creates the topics that lack, notes their numbers of partitions, and compares all with what they should be. Creates
 * nothing while the numbers of partitions contradict each other. Existing topics are never changed. Rejects with one plain
 * line if the cluster cannot be reached or does not allow it.
 */
export async function settleTopics(options: SettleOptions): Promise<TopicsReport> {
  const { kafka: settings, onLog } = options;
  const kafka = createClient(settings, onLog);
  const admin = kafka.admin();
  try {
    await admin.connect();
    await admin.describeCluster();
  } catch (thrown) {
    await admin.disconnect().catch(() => {});
    throw connectionFailure(settings, thrown);
  }
  try {
    return await settle(kafka, admin, options);
  } catch (thrown) {
    throw kafkaFailure(`looking after the topics (${rightsOf(settings)})`, thrown);
  } finally {
    await admin.disconnect().catch(() => {});
  }
}

function rightsOf({ prefix }: KafkaSettings): string {
  const topics = `DESCRIBE, DESCRIBE_CONFIGS and CREATE on ${prefix}lead.*`;
  return `needs ${topics}, and READ on groups ${prefix}position.*`;
}

async function settle(kafka: Kafka, admin: Admin, options: SettleOptions): Promise<TopicsReport> {
  const { checkOnly, partitions: asked, replication: copies, retentionDays } = options;
  const { prefix } = options.kafka;
  const brokers = await describeBrokers(kafka, admin);
  const replication = copies ?? Math.min(DEFAULT_REPLICATION, brokers.count);
  const plan = (partitions: number) => planTopics({ prefix, partitions, replication, retention: retentionDays * DAY });
  const describe = () => describeTopics(admin, plan(DEFAULT_PARTITIONS));

  const before = await describe();
  const counts = countsOf(prefix, before);
  const recorded = counts.has(TOPICS.events) ? await recordedPartitions(admin, prefix) : undefined;
  const plans = plan(sharedPartitions(counts, recorded) ?? asked ?? DEFAULT_PARTITIONS);
  const contradictions = [
    ...lostTopics(prefix, counts, recorded),
    ...partitionDifferences({ prefix, counts, recorded, asked }),
  ];
  const reported = { plans, copiesAsked: copies !== undefined, brokers };
  if (checkOnly || contradictions.length > 0) {
    return topicsReport({ ...reported, found: before, created: new Set(), contradictions });
  }

  const created = await createTopics(
    admin,
    plans.filter(({ name }) => !before.has(name)),
  );
  // another process may have created some of them, with other counts
  const found = await describe();
  const settled = countsOf(prefix, found);
  const remaining = partitionDifferences({ prefix, counts: settled, recorded, asked });
  if (remaining.length === 0) await recordPartitions(kafka, prefix, settled);
  return topicsReport({ ...reported, found, created, contradictions: remaining });
}
