import type { Admin } from 'kafkajs';
import type { InputPosition, TopicPartition } from '#lib/flow/position';
import type { GroupOffsets } from '#lib/log/kafka/wire/transaction-requests';

/** Positions as a group's committed offsets: the cursor travels in the metadata. `topicOf`: a topic's name in the cluster. */
export function offsetsOf(
  groupId: string,
  positions: readonly InputPosition[],
  topicOf: (topic: string) => string,
): GroupOffsets {
  return {
    groupId,
    topics: Array.from(new Set(positions.map(({ topic }) => topic)), (topic) => ({
      topic: topicOf(topic),
      partitions: positions
        .filter((input) => input.topic === topic)
        .map(({ partition, position: { offset, cursor } }) => ({
          partition,
          offset,
          metadata: String(cursor),
        })),
    })),
  };
}

/** A group's committed positions; undefined where it has none. */
export async function readPositions(
  admin: Admin,
  groupId: string,
  inputs: readonly TopicPartition[],
  topicOf: (topic: string) => string,
): Promise<(InputPosition | undefined)[]> {
  const topics = [...new Set(inputs.map(({ topic }) => topicOf(topic)))];
  const found = await admin.fetchOffsets({ groupId, topics });
  return inputs.map(({ topic, partition }) => {
    const ofTopic = found.find((offsets) => offsets.topic === topicOf(topic));
    const stored = ofTopic?.partitions.find((offsets) => offsets.partition === partition);
    if (stored === undefined || Number(stored.offset) < 0) return undefined;
    return { topic, partition, position: { offset: Number(stored.offset), cursor: Number(stored.metadata ?? 0) } };
  });
}
