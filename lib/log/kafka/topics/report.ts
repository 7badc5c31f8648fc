import { compareBrokers, type FoundBrokers } from '#lib/log/kafka/topics/brokers';
import { compareTopic, type FoundTopic } from '#lib/log/kafka/topics/compare';
import type { Difference } from '#lib/log/kafka/topics/difference';
import { type TopicPlan, UNLIMITED } from '#lib/log/kafka/topics/plan';

/** How the topics of one installation are. */
export interface TopicsReport {
  /** In the order in which data flows through them. */
  readonly topics: readonly TopicReport[];
  /** Everything that is not as it should be, missing topics aside. */
  readonly differences: readonly Difference[];
}

/** A topic as it is; one that is missing, as it would be created. */
export interface TopicReport {
  /** Its name in the cluster. */
  readonly topic: string;
  readonly partitions: number;
  /** Copies of each record. */
  readonly replicas: number;
  /** ms; null: for ever. */
  readonly retention: number | null;
  readonly status: 'ok' | 'created' | 'missing' | 'differs';
}

/** Whether services may run on these topics. */
export function isUsable({ topics, differences }: TopicsReport): boolean {
  return (
    topics.every(({ status }) => status !== 'missing') && differences.every(({ severity }) => severity !== 'fault')
  );
}

export interface ReportInput {
  readonly plans: readonly TopicPlan[];
  /** By their names in the cluster. */
  readonly found: ReadonlyMap<string, FoundTopic>;
  /** Names of those that were created just now. */
  readonly created: ReadonlySet<string>;
  readonly copiesAsked: boolean;
  readonly brokers: FoundBrokers;
  /** What is wrong with the topics as a whole. */
  readonly contradictions: readonly Difference[];
}

export function topicsReport({
  plans,
  found,
  created,
  copiesAsked,
  brokers,
  contradictions,
}: ReportInput): TopicsReport {
  const compared = plans.flatMap((plan) => {
    const there = found.get(plan.name);
    return there === undefined ? [] : compareTopic(plan, there, copiesAsked);
  });
  const differences = [...contradictions, ...compared];
  const topics = plans.map((plan): TopicReport => {
    const { name: topic, partitions, replication: replicas, retention } = plan;
    const there = found.get(topic);
    if (there === undefined) return { topic, partitions, replicas, retention: limited(retention), status: 'missing' };
    const differs = differences.some(({ where }) => where === topic);
    return {
      topic,
      partitions: there.partitions,
      replicas: there.replication,
      retention: limited(Number(there.settings.get('retention.ms') ?? UNLIMITED)),
      status: differs ? 'differs' : created.has(topic) ? 'created' : 'ok',
    };
  });
  return { topics, differences: [...differences, ...compareBrokers(brokers)] };
}

function limited(retention: number): number | null {
  return retention === UNLIMITED ? null : retention;
}
