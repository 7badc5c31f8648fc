import type { Admin, Cluster } from 'kafkajs';
import { FlowError } from '#lib/flow/errors';
import { denialOf } from '#lib/log/kafka/denial';
import { kafkaFailure } from '#lib/log/kafka/failure';
import { checkPartitions } from '#lib/log/kafka/topics/partitions';
import { recordedPartitions, recordGroup } from '#lib/log/kafka/topics/recorded';
import { TOPICS, type Topic } from '#schemas/topics';

/**
 * Rejects if topics have other numbers of partitions than on their first day, or such as do not fit each other: which
 * partition a lead's records are in follows from them, so other counts would tear leads apart.
 */
export async function refuseChangedCounts(
  admin: Admin,
  cluster: Cluster,
  prefix: string,
  found: ReadonlyMap<string, number>,
): Promise<void> {
  const counts = new Map(
    Object.values(TOPICS).flatMap((topic): [Topic, number][] => {
      const count = found.get(`${prefix}${topic}`);
      return count === undefined ? [] : [[topic, count]];
    }),
  );
  const recorded = await recordedPartitions(admin, prefix).catch(async (thrown) => {
    const denied = await denialOf(cluster, 'group', recordGroup(prefix));
    throw denied ?? kafkaFailure(`reading how many partitions were noted in group ${recordGroup(prefix)}`, thrown);
  });
  const lines = checkPartitions({ prefix, counts, recorded });
  if (lines.length > 0) throw new FlowError('missing', lines.join('; '), { retriable: false });
}
