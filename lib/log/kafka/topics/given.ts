import type { FoundTopic } from '#lib/log/kafka/topics/compare';
import { planTopics, type TopicPlan } from '#lib/log/kafka/topics/plan';
import type { Topic } from '#schemas/topics';

export const DAY = 86_400_000;

/** The plan of one topic: 4 shared partitions, 3 copies, 30 days. */
export function planOf(topic: Topic): TopicPlan {
  const plans = planTopics({ prefix: 'p.', partitions: 4, replication: 3, retention: 30 * DAY });
  const plan = plans.find((candidate) => candidate.topic === topic);
  if (plan === undefined) throw new Error(`no plan for ${topic}`);
  return plan;
}

/** A topic that is as planned, but for what is given. */
export function foundAs(
  { partitions, replication, settings }: TopicPlan,
  other: Readonly<Record<string, string>> = {},
): FoundTopic {
  return { partitions, replication, settings: new Map(Object.entries({ ...settings, ...other })) };
}
