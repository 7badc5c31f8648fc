import type { Difference } from '#lib/log/kafka/topics/difference';
import { LARGEST_RECORD, leastInSync, type TopicPlan, UNLIMITED } from '#lib/log/kafka/topics/plan';
import { isKept } from '#lib/log/retention';
import { formatDuration } from '#lib/model/duration';

/** A topic as the cluster has it. */
export interface FoundTopic {
  readonly partitions: number;
  /** The fewest copies that one of its partitions has. */
  readonly replication: number;
  /** What is in force, by Kafka's names: the topic's own settings or else the brokers'. */
  readonly settings: ReadonlyMap<string, string>;
}

/**
 * What is not as planned, beside the number of partitions. `copiesAsked`: whether the number of copies was asked for, or
 * is only what is usual.
 */
export function compareTopic(plan: TopicPlan, found: FoundTopic, copiesAsked: boolean): readonly Difference[] {
  const kept = isKept(plan.topic);
  const { settings, replication } = found;
  const differences: Difference[] = [];
  const tell = (severity: Difference['severity'], what: string, is: string, should: string, remedy: string) => {
    differences.push({ severity, where: plan.name, what, is, should, remedy });
  };
  /** Looks at one setting; `judge` says how bad its value is, and why. */
  const look = (what: string, judge: (value: string) => readonly [Difference['severity'], string] | undefined) => {
    const value = settings.get(what);
    const should = wanted(what, plan, replication);
    if (value === undefined || value === should) return;
    const judged = judge(value);
    if (judged === undefined) return;
    tell(
      judged[0],
      what,
      readable(what, value),
      readable(what, should),
      `${judged[1]}. ${setting(plan, what, should)}`,
    );
  };

  look('cleanup.policy', () =>
    kept
      ? ['fault', 'compaction drops records that scores, stages and stores are rebuilt from']
      : ['fault', 'a compacted topic refuses events, which have no key'],
  );
  look('retention.ms', (value) => {
    if (kept)
      return ['fault', 'what expires here is lost to explanations, corrections and every store that is rebuilt'];
    return isLonger(value, plan.retention)
      ? ['warning', 'plain personal data is kept for longer; say so with --retention-days if it is meant']
      : ['warning', 'events that identify has not read by then are lost; say so with --retention-days if it is meant'];
  });
  look('retention.bytes', () =>
    kept
      ? ['fault', 'what grows out of it is lost to explanations, corrections and every store that is rebuilt']
      : ['warning', 'a burst may push out what is not processed yet'],
  );
  look('message.timestamp.type', () =>
    kept || settings.get('retention.ms') === String(UNLIMITED)
      ? undefined
      : ['fault', "records would expire by their publishers' clocks: at once, or never"],
  );
  look('segment.ms', (value) =>
    !kept && isLonger(value, Number(plan.settings['segment.ms']))
      ? ['warning', 'records leave with the segment they are in, so they stay so much longer']
      : undefined,
  );
  look('max.message.bytes', (value) =>
    Number(value) < LARGEST_RECORD ? ['warning', 'a task stands still at the first record that is larger'] : undefined,
  );
  look('min.insync.replicas', (value) => {
    if (Number(value) > replication) return ['fault', `with ${replication} copies nothing can be written`];
    if (Number(value) < leastInSync(replication)) {
      return ['warning', 'an acknowledged record may be on one machine only, and be lost with it'];
    }
    return Number(value) === replication ? ['warning', 'one broker that stops stops everything'] : undefined;
  });
  look('unclean.leader.election.enable', () => ['fault', 'acknowledged records may be lost when a broker fails']);
  if (replication < plan.replication || (copiesAsked && replication !== plan.replication)) {
    const remedy = 'one broker may take records with it. Change it with: kafka-reassign-partitions.sh';
    tell('warning', 'replicas', String(replication), String(plan.replication), remedy);
  }
  return differences;
}

/** How many must be in sync depends on how many copies there really are. */
function wanted(what: string, plan: TopicPlan, replication: number): string {
  return what === 'min.insync.replicas' ? String(leastInSync(replication)) : (plan.settings[what] ?? '');
}

function isLonger(value: string, ms: number): boolean {
  return Number(value) === UNLIMITED || Number(value) > ms;
}

function readable(what: string, value: string): string {
  if (value === String(UNLIMITED)) return `${value} (unlimited)`;
  return what.endsWith('.ms') ? `${value} (${formatDuration(Number(value))})` : value;
}

function setting({ name }: TopicPlan, what: string, should: string): string {
  return `Set it with: kafka-configs.sh --alter --topic ${name} --add-config ${what}=${should} --bootstrap-server …`;
}
