import type { Broker, Cluster, Kafka } from 'kafkajs';
import { FlowError } from '#lib/flow/errors';
import type { TopicPartition } from '#lib/flow/position';
import { createCluster } from '#lib/log/kafka/cluster';
import {
  type AbortedTransaction,
  type Committed,
  committedRecords,
  type FetchedRecord,
} from '#lib/log/kafka/committed';
import { typeOf } from '#lib/log/kafka/failure';

/** Fetches from one partition, over connections of its own: nobody waits behind its long polls. */
export interface Fetcher {
  /** Committed records from an offset on; none if nothing came within `wait` ms. Rejects with `position_lost` outside the log. */
  fetch(from: number, wait: number): Promise<Committed>;
  close(): Promise<void>;
}

/** Most bytes of one fetch; a larger batch comes alone. Twice the throughput of kafkajs's 1 MiB. */
const MOST_BYTES = 4 * 1024 * 1024;
const READ_COMMITTED = 1;

interface FetchResponse {
  readonly responses: readonly {
    readonly partitions: readonly {
      readonly messages: readonly FetchedRecord[];
      readonly abortedTransactions: readonly AbortedTransaction[] | null;
    }[];
  }[];
}

/** `bytesOf`: how much the next fetch may bring. */
export function createFetcher(kafka: Kafka, at: TopicPartition, bytesOf: () => number = () => MOST_BYTES): Fetcher {
  const cluster = createCluster(kafka);
  let leader: Broker | undefined;

  async function connect(): Promise<Broker> {
    if (!cluster.isConnected()) await cluster.connect();
    await cluster.addTargetTopic(at.topic);
    await cluster.refreshMetadataIfNecessary();
    return cluster.findBroker({ nodeId: leaderOf(cluster, at) });
  }

  return {
    async fetch(from, wait) {
      try {
        leader ??= await connect();
        const maxBytes = Math.floor(Math.min(bytesOf(), MOST_BYTES));
        const { responses }: FetchResponse = await leader.fetch({
          isolationLevel: READ_COMMITTED,
          maxWaitTime: wait,
          minBytes: 1,
          maxBytes,
          topics: [
            {
              topic: at.topic,
              partitions: [{ partition: at.partition, fetchOffset: String(from), maxBytes }],
            },
          ],
        });
        const found = responses[0]?.partitions[0];
        return committedRecords(found?.messages ?? [], found?.abortedTransactions ?? [], from);
      } catch (thrown) {
        leader = undefined;
        if (typeOf(thrown) !== 'OFFSET_OUT_OF_RANGE') {
          await refresh(cluster);
          throw thrown;
        }
        const oldest = await offsetOf(cluster, at, true);
        // From the beginning means: from the oldest that is still kept.
        if (from === 0 && oldest > 0) return this.fetch(oldest, wait);
        throw outOfRange(at, from, oldest);
      }
    },
    close: () => cluster.disconnect(),
  };
}

/** The node that leads a partition; throws for a partition that does not exist. */
export function leaderOf(cluster: Cluster, { topic, partition }: TopicPartition): string {
  const [nodeId] = Object.keys(cluster.findLeaderForPartitions(topic, [partition]));
  if (nodeId === undefined) throw new Error(`topic ${topic} has no partition ${partition}`);
  return nodeId;
}

/** The leader may have moved; whether the cluster answers at all shows in the next fetch. */
async function refresh(cluster: Cluster): Promise<void> {
  await cluster.refreshMetadata().catch(() => cluster.disconnect().catch(() => {}));
}

function outOfRange({ topic, partition }: TopicPartition, from: number, oldest: number): FlowError {
  const why =
    from < oldest
      ? `its records before ${oldest} have expired unread: keep them longer, and set the group's offset to ${oldest} to go on without them`
      : 'it ends before that: was it made anew, or restored from an older copy?';
  return new FlowError('position_lost', `${topic}/${partition} holds no offset ${from}; ${why}`, { retriable: false });
}

/** The oldest offset that is kept, or the last stable one: the end for readers of committed records. */
export async function offsetOf(
  cluster: Cluster,
  { topic, partition }: TopicPartition,
  fromBeginning: boolean,
): Promise<number> {
  await cluster.addTargetTopic(topic);
  const [found] = await cluster.fetchTopicsOffset([{ topic, partitions: [{ partition }], fromBeginning }]);
  const number = Number(found?.partitions[0]?.offset);
  if (Number.isNaN(number)) throw new Error(`${topic}/${partition}: Kafka tells no offset`);
  return number;
}
