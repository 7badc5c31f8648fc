import type { Admin, ConfigResourceTypes, Kafka } from 'kafkajs';
import { featuresOf, lackOf } from '#lib/log/kafka/capable';
import { createCluster } from '#lib/log/kafka/cluster';
import { typeOf } from '#lib/log/kafka/failure';
import { topicPartitions } from '#lib/log/kafka/partition-counts';
import type { FoundBrokers } from '#lib/log/kafka/topics/brokers';
import type { FoundTopic } from '#lib/log/kafka/topics/compare';
import type { Difference } from '#lib/log/kafka/topics/difference';
import { patiently } from '#lib/log/kafka/topics/patience';
import type { TopicPlan } from '#lib/log/kafka/topics/plan';

/** As in ConfigResourceTypes, which is no named export of kafkajs's CommonJS module. */
const TOPIC: ConfigResourceTypes.TOPIC = 2;
const BROKER: ConfigResourceTypes.BROKER = 4;

/** The topics that exist, by their names in the cluster. Rejects with kafkajs's error if one may not be looked at. */
export async function describeTopics(
  admin: Admin,
  plans: readonly Pick<TopicPlan, 'name' | 'settings'>[],
): Promise<ReadonlyMap<string, FoundTopic>> {
  const found = new Map<string, FoundTopic>();
  // kafkajs keeps the answer for one set of topics: one question after the other
  for (const { name, settings } of plans) {
    const partitions = await topicPartitions(admin, name);
    if (partitions === undefined) continue;
    const replication = Math.min(...partitions.map(({ replicas }) => replicas.length));
    found.set(name, { partitions: partitions.length, replication, settings: await settingsOf(admin, name, settings) });
  }
  return found;
}

async function settingsOf(
  admin: Admin,
  name: string,
  wanted: TopicPlan['settings'],
): Promise<ReadonlyMap<string, string>> {
  const asked = { type: TOPIC, name, configNames: Object.keys(wanted) };
  const { resources } = await patiently(
    () => admin.describeConfigs({ includeSynonyms: false, resources: [asked] }),
    // one that was just created may be unknown to this broker still
    (thrown) => typeOf(thrown) === 'UNKNOWN_TOPIC_OR_PARTITION',
  );
  return new Map(
    resources.flatMap(({ configEntries }) => configEntries.map((entry) => [entry.configName, entry.configValue])),
  );
}

const KEPT = 'offsets.retention.minutes';
const MINUTE = 60_000;

export async function describeBrokers(kafka: Kafka, admin: Admin): Promise<FoundBrokers> {
  const { brokers } = await admin.describeCluster();
  const nodeIds = brokers.map(({ nodeId }) => String(nodeId));
  const cluster = createCluster(kafka);
  try {
    await cluster.connect();
    await cluster.refreshMetadata();
    let lack: Difference | undefined;
    for (const nodeId of nodeIds) lack ??= lackOf(await featuresOf(await cluster.findBroker({ nodeId })));
    return { count: nodeIds.length, positionsKept: await positionsKept(admin, nodeIds), lack };
  } finally {
    await cluster.disconnect();
  }
}

async function positionsKept(admin: Admin, nodeIds: readonly string[]): Promise<number | undefined> {
  try {
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: nodeIds.map((name) => ({ type: BROKER, name, configNames: [KEPT] })),
    });
    const minutes = resources
      .flatMap(({ configEntries }) => configEntries)
      .filter(({ configName }) => configName === KEPT)
      .map(({ configValue }) => Number(configValue));
    return minutes.length === 0 ? undefined : Math.min(...minutes) * MINUTE;
  } catch (thrown) {
    if (typeOf(thrown) === 'CLUSTER_AUTHORIZATION_FAILED') return undefined;
    throw thrown;
  }
}
