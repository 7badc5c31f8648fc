import type { Cluster, Kafka } from 'kafkajs';

/**
 * Connections of one's own to the cluster, beneath kafkajs's consumers: fetches from any partition without a group, and
 * read-committed ends. kafkajs gives its cluster to partition assigners; the consumer around this one is never run.
 */
export function createCluster(kafka: Kafka): Cluster {
  const found: Cluster[] = [];
  kafka.consumer({
    groupId: 'none',
    allowAutoTopicCreation: false,
    partitionAssigners: [
      ({ cluster }) => {
        found.push(cluster);
        return { name: 'none', version: 0, assign: async () => [], protocol: () => ({ name: 'none', metadata: NONE }) };
      },
    ],
  });
  const [cluster] = found;
  if (cluster === undefined) throw new Error('kafkajs no longer gives its cluster to partition assigners');
  return cluster;
}

const NONE = Buffer.alloc(0);
