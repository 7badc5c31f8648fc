import type { Broker, Cluster } from 'kafkajs';
import type { TopicPartition } from '#lib/flow/position';

/** The broker that leads a partition, as far as the cluster is known; connects where need be. Rejects for a partition that does not exist. */
export async function leaderOf(cluster: Cluster, { topic, partition }: TopicPartition): Promise<Broker> {
  if (!cluster.isConnected()) await cluster.connect();
  await cluster.addTargetTopic(topic);
  await cluster.refreshMetadataIfNecessary();
  const [nodeId] = Object.keys(cluster.findLeaderForPartitions(topic, [partition]));
  if (nodeId === undefined) throw new Error(`topic ${topic} has no partition ${partition}`);
  return cluster.findBroker({ nodeId });
}

/** The oldest offset that is kept, or the last stable one: the end for readers of committed records. */
export async function offsetOf(
  cluster: Cluster,
  { topic, partition }: TopicPartition,
  fromBeginning: boolean,
): Promise<number> {
  await cluster.addTargetTopic(topic);
  const asked = [{ topic, partitions: [{ partition }], fromBeginning }];
  const [found] = await cluster.fetchTopicsOffset(asked).catch(async (thrown: unknown) => {
    // kafkajs asks whoever led last, also when told that it leads no more.
    await cluster.refreshMetadata().catch(() => {});
    throw thrown;
  });
  const number = Number(found?.partitions[0]?.offset);
  if (Number.isNaN(number)) throw new Error(`${topic}/${partition}: Kafka tells no offset`);
  return number;
}
