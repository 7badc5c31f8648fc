import type { Admin, Kafka } from 'kafkajs';
import { z } from 'zod';
import { createCluster } from '#lib/log/kafka/cluster';
import { typeOf } from '#lib/log/kafka/failure';
import { groupOfNamed, namedOffsets, readNamed } from '#lib/log/kafka/named';
import type { PartitionCounts } from '#lib/log/kafka/topics/partitions';
import { patiently } from '#lib/log/kafka/topics/patience';
import { TOPICS, type Topic } from '#schemas/topics';

/** The note stands where other positions do, under this name. */
const NAME = 'topics.partitions';
const Recorded = z.partialRecord(z.enum(Object.values(TOPICS)), z.int().positive());

/** The group that keeps the note. */
export function recordGroup(prefix: string): string {
  return groupOfNamed(prefix, NAME);
}

/**
 * The numbers of partitions that topics of this prefix were created with; undefined if they were never noted, or the note
 * has expired (it is kept as long as positions are, see offsets.retention.minutes, from when it was written last).
 */
export async function recordedPartitions(admin: Admin, prefix: string): Promise<PartitionCounts | undefined> {
  const text = await patiently(() => readNamed(admin, prefix, `${prefix}${TOPICS.events}`, NAME), isMoving);
  if (text === undefined) return undefined;
  const { success, data } = Recorded.safeParse(parsed(text));
  if (!success) throw new Error(`what is noted about ${prefix}${TOPICS.events} cannot be read; use another --prefix`);
  return new Map(
    Object.values(TOPICS).flatMap((topic): [Topic, number][] => {
      const count = data[topic];
      return count === undefined ? [] : [[topic, count]];
    }),
  );
}

/** Notes them, or renews the note. lead.events must exist. Needs READ on the group `PREFIXposition.topics.partitions`. */
export async function recordPartitions(kafka: Kafka, prefix: string, counts: PartitionCounts): Promise<void> {
  const value = JSON.stringify(Object.fromEntries(counts));
  const notes = namedOffsets([{ name: NAME, value }], prefix, `${prefix}${TOPICS.events}`);
  const cluster = createCluster(kafka);
  try {
    await cluster.connect();
    for (const note of notes) {
      const { groupId } = note;
      const topics = note.topics.map(({ topic, partitions }) => ({ topic, partitions: partitions.map(asText) }));
      await patiently(async () => {
        const coordinator = await cluster.findGroupCoordinator({ groupId });
        await coordinator.offsetCommit({ groupId, groupGenerationId: NO_GENERATION, memberId: '', topics });
      }, isMoving);
    }
  } finally {
    await cluster.disconnect();
  }
}

/** Of a group that has no members. */
const NO_GENERATION = -1;

/** The group's coordinator is starting or changing, or has not heard of lead.events yet. */
function isMoving(thrown: unknown): boolean {
  return /COORDINATOR|GROUP_LOAD_IN_PROGRESS|UNKNOWN_TOPIC_OR_PARTITION/.test(typeOf(thrown) ?? '');
}

function asText<Partition extends { readonly offset: number }>(partition: Partition) {
  return { ...partition, offset: String(partition.offset) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
