import type { Admin, PartitionMetadata } from 'kafkajs';
import { FlowError } from '#lib/flow/errors';
import { typeOf } from '#lib/log/kafka/failure';
import { patiently } from '#lib/log/kafka/topics/patience';

/** Partition counts of topics; rejects with `missing` if one of them does not exist. */
export async function partitionCounts(admin: Admin, topics: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  // kafkajs keeps the answer for one set of topics: one question after the other
  for (const topic of topics) {
    const partitions = await topicPartitions(admin, topic);
    if (partitions !== undefined) counts.set(topic, partitions.length);
  }
  const missing = topics.filter((topic) => !counts.has(topic));
  if (missing.length > 0) {
    throw new FlowError('missing', `Kafka has no topic ${missing.join(', ')}; create them with: leadstream topics`, {
      retriable: false,
    });
  }
  return counts;
}

/**
 * A topic's partitions; undefined if it does not exist. Never creates it. Waits a little for
 * partitions without leader. Rejects with kafkajs's error, e.g. TOPIC_AUTHORIZATION_FAILED or LEADER_NOT_AVAILABLE.
 */
export async function topicPartitions(admin: Admin, topic: string): Promise<readonly PartitionMetadata[] | undefined> {
  try {
    const { topics } = await patiently(
      () => admin.fetchTopicMetadata({ topics: [topic] }),
      // kafkajs 2.2 asks a second broker, and fails so where that one does not know the topic yet
      (thrown) => thrown instanceof TypeError,
    );
    return topics.find(({ name }) => name === topic)?.partitions;
  } catch (thrown) {
    if (typeOf(thrown) === 'UNKNOWN_TOPIC_OR_PARTITION') return undefined;
    throw thrown;
  }
}
