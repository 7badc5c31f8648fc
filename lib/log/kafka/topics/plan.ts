import { DAY, isKept } from '#lib/log/retention';
import { TOPICS, type Topic } from '#schemas/topics';

/** One shard: all of lead.events is one order, and one identify task decides in it. */
const SHARDS = 1;
/** Dead letters are few, and nothing depends on their order. */
const DEAD_LETTER_PARTITIONS = 1;

/** Partitions of the kept topics unless given: four instances of each fold can share them. Fixed for the life of a log. */
export const DEFAULT_PARTITIONS = 4;
/** Copies of each record unless given, as far as there are brokers for them. */
export const DEFAULT_REPLICATION = 3;
/** Kafka's way to say that nothing is ever deleted. */
export const UNLIMITED = -1;

/**
 * The largest record that a topic takes, 8 MiB. A publisher's event is at most 1 MB, but grows as it flows: its score's
 * contributions (each names event, rule and points), a stage's reasons and a handoff's story are added, a dead letter holds
 * it with its whole origin. A task that meets a refused record stands still until the limit is raised, so it is ample;
 * batches of small records stay far below it.
 */
export const LARGEST_RECORD = 8 * 1024 * 1024;

/** A topic as it should be. */
export interface TopicPlan {
  readonly topic: Topic;
  /** Its name in the cluster. */
  readonly name: string;
  readonly partitions: number;
  readonly replication: number;
  /** ms, or UNLIMITED for a topic that is kept: what was decided can be read, and every store rebuilt, from it. */
  readonly retention: number;
  /** Topic settings by Kafka's names: https://kafka.apache.org/41/configuration/topic-configs/ */
  readonly settings: Readonly<Record<string, string>>;
}

export interface PlanOptions {
  readonly prefix: string;
  /** Of each of the topics from lead.activity to lead.handoffs. */
  readonly partitions: number;
  readonly replication: number;
  /** Of lead.events and the dead letters, ms. */
  readonly retention: number;
}

/** The topics that share their number of partitions: task p reads and writes partition p of each. */
export const SHARED_TOPICS = [
  TOPICS.activity,
  TOPICS.scores,
  TOPICS.stages,
  TOPICS.triggers,
  TOPICS.joins,
  TOPICS.handoffs,
] as const;

/** All topics, in the order in which data flows through them. */
export function planTopics({ prefix, partitions, replication, retention }: PlanOptions): readonly TopicPlan[] {
  return Object.values(TOPICS).map((topic) => {
    const kept = isKept(topic);
    return {
      topic,
      name: `${prefix}${topic}`,
      partitions: partitionsOf(topic, partitions),
      replication,
      retention: kept ? UNLIMITED : retention,
      settings: {
        'cleanup.policy': 'delete',
        'retention.ms': String(kept ? UNLIMITED : retention),
        'retention.bytes': String(UNLIMITED),
        ...(kept ? {} : EXPIRING),
        'max.message.bytes': String(LARGEST_RECORD),
        'min.insync.replicas': String(leastInSync(replication)),
        'unclean.leader.election.enable': 'false',
      },
    };
  });
}

/**
 * What expires does so by the broker's clock. A record's own time is whatever its publisher sets: an old one would be
 * deleted at once, before it is processed, and one in the future would keep its segment for ever. The kept topics need
 * none of this: nothing reads their records' timestamps. Segments of a day, since records leave with their segment.
 */
const EXPIRING = { 'message.timestamp.type': 'LogAppendTime', 'segment.ms': String(DAY) } as const;

/** Copies that must have a record before it is acknowledged: two if there are three, so that one broker may fail. */
export function leastInSync(replication: number): number {
  return replication >= 3 ? 2 : 1;
}

function partitionsOf(topic: Topic, shared: number): number {
  if (topic === TOPICS.events) return SHARDS;
  return topic === TOPICS.deadLetters ? DEAD_LETTER_PARTITIONS : shared;
}
