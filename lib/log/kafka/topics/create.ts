import type { Admin, ITopicConfig, KafkaJSAggregateError } from 'kafkajs';
import { FlowError, messageOf } from '#lib/flow/errors';
import { typeOf } from '#lib/log/kafka/failure';
import { topicPartitions } from '#lib/log/kafka/partition-counts';
import type { TopicPlan } from '#lib/log/kafka/topics/plan';

/** A cluster has so long to give new partitions their leaders, ms, and is asked so often. */
const PATIENCE = 30_000;
const LOOK = 100;

/** What a topic is created from. */
export type NewTopic = Pick<TopicPlan, 'name' | 'partitions' | 'replication' | 'settings'>;

/**
 * Creates topics and waits until every partition has a leader. Resolves to the names of those that it created: another
 * process may have been quicker with the rest. Rejects with a line that says what the cluster does not allow.
 */
export async function createTopics(admin: Admin, plans: readonly NewTopic[]): Promise<ReadonlySet<string>> {
  const created = new Set(plans.map(({ name }) => name));
  if (created.size === 0) return created;
  try {
    // kafkajs would wait for leaders, but takes a broker that does not know the new topics yet for a failure
    const any = await admin.createTopics({ topics: plans.map(asked), waitForLeaders: false });
    if (!any) created.clear();
  } catch (thrown) {
    if (!isAggregate(thrown)) throw thrown;
    for (const error of thrown.errors) {
      const exists = typeOf(error) === 'TOPIC_ALREADY_EXISTS';
      if (!exists || typeof error === 'string' || !('topic' in error)) throw refusal(error, plans);
      created.delete(String(error.topic));
    }
  }
  await haveLeaders(admin, plans);
  return created;
}

/** kafkajs's class is no named export of its CommonJS module. */
function isAggregate(thrown: unknown): thrown is KafkaJSAggregateError {
  return thrown instanceof Error && thrown.name === 'KafkaJSAggregateError' && 'errors' in thrown;
}

function asked({ name, partitions, replication, settings }: NewTopic): ITopicConfig {
  return {
    topic: name,
    numPartitions: partitions,
    replicationFactor: replication,
    configEntries: Object.entries(settings).map(([setting, value]) => ({ name: setting, value })),
  };
}

async function haveLeaders(admin: Admin, plans: readonly NewTopic[]): Promise<void> {
  const deadline = performance.now() + PATIENCE;
  for (const { name } of plans) {
    while (!(await hasLeaders(admin, name))) {
      if (performance.now() > deadline) {
        throw new FlowError(
          'outage',
          `${name} is created, but after ${PATIENCE / 1000} s not all of its partitions have a leader; look at the brokers and run it again`,
          { retriable: true },
        );
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK));
    }
  }
}

async function hasLeaders(admin: Admin, name: string): Promise<boolean> {
  const partitions = await topicPartitions(admin, name).catch((thrown) => {
    if (typeOf(thrown) === 'LEADER_NOT_AVAILABLE') return undefined;
    throw thrown;
  });
  return partitions?.every(({ leader }) => leader >= 0) ?? false;
}

function refusal(error: unknown, plans: readonly NewTopic[]): FlowError {
  const type = typeOf(error) ?? 'for no reason it names';
  const name =
    error instanceof Error && 'topic' in error ? String(error.topic) : plans.map((plan) => plan.name).join(', ');
  const copies = plans[0]?.replication ?? 0;
  const line = (why: string) => new FlowError('denied', `creating ${name}: ${why}`, { retriable: false, cause: error });
  if (type.endsWith('_AUTHORIZATION_FAILED')) {
    return line(`Kafka denies it (${type}); allow this user CREATE on the cluster, or on topics of this prefix`);
  }
  if (type === 'INVALID_REPLICATION_FACTOR') {
    return line(`the cluster has too few brokers for ${copies} copies; choose fewer with --replication`);
  }
  return line(`Kafka refuses it (${type}): ${messageOf(error)}; ask who runs the cluster to create it`);
}
