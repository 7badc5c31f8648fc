import { type Difference, differenceLine } from '#lib/log/kafka/topics/difference';
import { SHARED_TOPICS } from '#lib/log/kafka/topics/plan';
import { isKept } from '#lib/log/retention';
import { TOPICS, type Topic } from '#schemas/topics';

/** Numbers of partitions; topics without the installation's prefix. */
export type PartitionCounts = ReadonlyMap<Topic, number>;

export interface PartitionsFound {
  readonly prefix: string;
  /** Of the topics that exist. */
  readonly counts: PartitionCounts;
  /** As noted when the topics were created; undefined: never noted, or the note has expired. */
  readonly recorded: PartitionCounts | undefined;
  /** As wanted by whoever asks; undefined: whatever there is. */
  readonly asked?: number | undefined;
}

/**
 * Plain lines that say why services must not start on these counts; none if they may. The counts must fit each other
 * (a fold's task p reads partition p of one topic and writes partition p of the next) and be those of the first day: a
 * lead's partition is its hash modulo their number, so another number would split leads in two.
 */
export function checkPartitions(found: PartitionsFound): readonly string[] {
  return partitionDifferences(found).map(differenceLine);
}

/** The same with its parts. All are faults. */
export function partitionDifferences({ prefix, counts, recorded, asked }: PartitionsFound): readonly Difference[] {
  const shared = sharedPartitions(counts, recorded);
  return Object.values(TOPICS).flatMap((topic) => {
    const count = counts.get(topic);
    if (count === undefined) return [];
    const fault = (should: number, remedy: string): Difference[] => [
      {
        severity: 'fault',
        where: `${prefix}${topic}`,
        what: 'partitions',
        is: String(count),
        should: String(should),
        remedy,
      },
    ];
    const first = recorded?.get(topic);
    if (first !== undefined && first !== count) return fault(first, `it was created with ${first}. ${CHANGED}`);
    if (topic === TOPICS.events && count !== 1) return fault(1, `all events are one order. ${ANEW}`);
    if (!isShared(topic) || shared === undefined) return [];
    if (shared !== count) return fault(shared, `it must have as many as ${prefix}${TOPICS.activity}. ${ANEW}`);
    if (asked !== undefined && asked !== count && topic === TOPICS.activity) {
      return fault(
        asked,
        'counts are fixed for the life of a log: leave out --partitions, or start anew under another --prefix',
      );
    }
    return [];
  });
}

/** How many partitions the topics that share their number have; undefined if none of them was ever there. */
export function sharedPartitions(counts: PartitionCounts, recorded: PartitionCounts | undefined): number | undefined {
  const known = [recorded, counts].flatMap((source) => SHARED_TOPICS.map((topic) => source?.get(topic)));
  return known.find((count) => count !== undefined);
}

/** Kept topics that were there once: creating them again, empty, would hide what is lost. All are faults. */
export function lostTopics(
  prefix: string,
  counts: PartitionCounts,
  recorded: PartitionCounts | undefined,
): readonly Difference[] {
  const lost = Object.values(TOPICS).filter((topic) => isKept(topic) && recorded?.has(topic) && !counts.has(topic));
  return lost.map((topic) => ({
    severity: 'fault',
    where: `${prefix}${topic}`,
    what: 'topic',
    is: 'gone',
    should: 'there, since it was created once',
    remedy: 'what was decided is lost with it. Restore it, or start anew under another --prefix',
  }));
}

/** Of the topics of this prefix, from what is known of each by its name in the cluster. */
export function countsOf(prefix: string, found: ReadonlyMap<string, { readonly partitions: number }>): PartitionCounts {
  const counts = new Map<Topic, number>();
  for (const topic of Object.values(TOPICS)) {
    const there = found.get(`${prefix}${topic}`);
    if (there !== undefined) counts.set(topic, there.partitions);
  }
  return counts;
}

function isShared(topic: Topic): boolean {
  return SHARED_TOPICS.some((shared) => shared === topic);
}

const CHANGED =
  'Do not start services on it: leads would be in two partitions. Restore the topics, or start anew under another --prefix';
const ANEW = 'Delete it if it is empty and run "leadstream topics" again, or start anew under another --prefix';
