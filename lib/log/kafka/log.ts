import type { Admin, Cluster } from 'kafkajs';
import { createCodec } from '#lib/avro/codec';
import { RECORD_SCHEMAS, type RecordSchemas } from '#lib/avro/schema';
import { FlowError } from '#lib/flow/errors';
import type { Log, LogReader } from '#lib/flow/log';
import type { Clock } from '#lib/flow/ports';
import type { TopicPartition } from '#lib/flow/position';
import { refuseOldClusters } from '#lib/log/kafka/capable';
import { type ClientLog, createClient } from '#lib/log/kafka/client';
import { createCluster } from '#lib/log/kafka/cluster';
import { createDecoder } from '#lib/log/kafka/decoder';
import { denialOf } from '#lib/log/kafka/denial';
import { createEnds } from '#lib/log/kafka/ends';
import { kafkaFailure } from '#lib/log/kafka/failure';
import { createFetcher } from '#lib/log/kafka/fetcher';
import { joinGroup } from '#lib/log/kafka/membership';
import { readNamed } from '#lib/log/kafka/named';
import { createEncoder } from '#lib/log/kafka/outbox';
import { partitionCounts } from '#lib/log/kafka/partition-counts';
import { readPositions } from '#lib/log/kafka/positions';
import { createPublisher } from '#lib/log/kafka/publisher';
import { createReader } from '#lib/log/kafka/reader';
import type { RemoteRegistry } from '#lib/log/kafka/remote-registry';
import type { KafkaSettings } from '#lib/log/kafka/settings';
import { groupOf, openTask } from '#lib/log/kafka/task';
import { refuseChangedCounts } from '#lib/log/kafka/topics/changed-counts';
import { connectionFailure } from '#lib/log/kafka/topics/connection-failure';
import { checkShares } from '#lib/log/memory/groups';
import { TOPICS } from '#schemas/topics';

export interface KafkaLogOptions {
  readonly settings: KafkaSettings;
  /** Asked for once the topics are known to be there: nothing is registered for topics that do not exist. */
  readonly registry: () => Promise<RemoteRegistry>;
  readonly clock: Clock;
  /** Topics that this instance reads or writes; all must exist. */
  readonly topics: readonly string[];
  readonly schemas?: RecordSchemas;
  readonly onLog?: ClientLog;
}

/** What the fetches of all readers may bring together: each holds one and has one under way. */
const FETCHED_BYTES = 48 * 1024 * 1024;

/** A question to the cluster is asked so often, with growing pauses in ms: a coordinator may just be moving. */
const ATTEMPTS = 6;
const PAUSE = 50;

/**
 * The log on a Kafka cluster. Tasks are transactional producers, positions are the offsets of the service's consumer group.
 * Rejects if the cluster cannot be reached or a topic is missing, with a line for whoever starts it.
 */
export async function openKafkaLog(options: KafkaLogOptions): Promise<Log> {
  const { settings, clock, topics, schemas = RECORD_SCHEMAS, onLog } = options;
  const { prefix } = settings;
  const kafka = createClient(settings, onLog);
  const admin = kafka.admin();
  const cluster = createCluster(kafka);
  const topicOf = (topic: string) => `${prefix}${topic}`;
  const { counts, registry } = await connect(admin, cluster, options, topics.map(topicOf));

  const codec = createCodec(registry, schemas);
  const decode = createDecoder(codec, registry);
  const partitions = (topic: string): number => {
    const count = counts.get(topicOf(topic));
    if (count === undefined) throw new Error(`there is no topic ${topic}`);
    return count;
  };
  /** A partition as the cluster calls it. */
  const placeOf = ({ topic, partition }: TopicPartition): TopicPartition => {
    if (!(partition < partitions(topic))) throw new Error(`topic ${topic} has no partition ${partition}`);
    return { topic: topicOf(topic), partition };
  };
  const encoder = () => createEncoder(codec, { topicOf, placeOf });
  const eventsTopic = topicOf(TOPICS.events);
  const ends = createEnds(kafka, cluster, clock);
  const { wrote } = ends;
  const namedPosition = (name: string) => readNamed(admin, prefix, eventsTopic, name);
  const publisher = createPublisher({ kafka, prefix, eventsTopic, encode: encoder(), clock, wrote, namedPosition });
  const readers = new Set<LogReader>();
  let open = true;

  const checkOpen = (): void => {
    if (!open) throw new FlowError('closed', 'the log is closed', { retriable: false });
  };
  const asking = async <Answer>(what: string, ask: () => Promise<Answer>, group?: string): Promise<Answer> => {
    for (let attempt = 1; ; attempt++) {
      checkOpen();
      try {
        return await ask();
      } catch (thrown) {
        const denied = group === undefined ? undefined : await denialOf(cluster, 'group', group);
        const failure = denied ?? kafkaFailure(what, thrown);
        if (!failure.retriable || attempt === ATTEMPTS) throw failure;
        await clock.sleep(PAUSE * attempt);
      }
    }
  };

  return {
    partitions,
    async publish(records, positions = []) {
      checkOpen();
      await publisher.publish(records, positions);
    },
    namedPosition: (name) => asking(`reading position ${name}`, () => readNamed(admin, prefix, eventsTopic, name)),
    reader<Value>(at: TopicPartition, from: number): LogReader<Value> {
      const fetcher = createFetcher(kafka, placeOf(at), () => FETCHED_BYTES / readers.size);
      const reader = createReader<Value>({ at, from, fetcher, decode, clock });
      const tracked: LogReader<Value> = {
        next: (limit, signal) => reader.next(limit, signal),
        close() {
          readers.delete(tracked);
          return reader.close();
        },
      };
      readers.add(tracked);
      return tracked;
    },
    end: (at) => asking(`asking for the end of ${at.topic}/${at.partition}`, () => ends.end(placeOf(at))),
    start: (at) => asking(`asking for the start of ${at.topic}/${at.partition}`, () => ends.start(placeOf(at))),
    async open(task) {
      checkOpen();
      const { transactionTimeout } = settings;
      const encode = encoder();
      const transactionalIdOf = (name: string) => `${prefix}${name}`;
      return openTask(
        { kafka, admin, clock, prefix, transactionTimeout, topicOf, transactionalIdOf, encode, wrote },
        task,
      );
    },
    positionsOf(task, inputs) {
      const group = groupOf(prefix, task);
      return asking(`reading the positions of ${group}`, () => readPositions(admin, group, inputs, topicOf), group);
    },
    async join(group, sharing, member) {
      checkOpen();
      for (const topic of sharing.topics) checkShares(topic, partitions(topic), sharing.shares);
      const tasks = Array.from({ length: sharing.shares }, (_, share) => `${prefix}${group}-${share}`);
      const denials = await Promise.all(tasks.map((task) => denialOf(cluster, 'transaction', task)));
      for (const denied of denials) if (denied !== undefined) throw denied;
      const shared = {
        shares: sharing.shares,
        topics: sharing.topics.map(topicOf),
        partitions: (topic: string) => counts.get(topic) ?? 0,
      };
      return joinGroup(kafka, settings, `${prefix}${group}`, shared, member);
    },
    async close() {
      if (!open) return;
      open = false;
      await Promise.all([...readers].map((reader) => reader.close()));
      await publisher.close();
      await Promise.all([admin.disconnect(), cluster.disconnect()]);
    },
  };
}

async function connect(
  admin: Admin,
  cluster: Cluster,
  { settings, registry }: KafkaLogOptions,
  topics: readonly string[],
): Promise<{ readonly counts: ReadonlyMap<string, number>; readonly registry: RemoteRegistry }> {
  try {
    const counts = await attempt(settings, async () => {
      await admin.connect();
      await cluster.connect();
      await refuseOldClusters(cluster);
      return partitionCounts(admin, topics);
    });
    await refuseChangedCounts(admin, cluster, settings.prefix, counts);
    return { counts, registry: await registry() };
  } catch (thrown) {
    await Promise.all([admin.disconnect(), cluster.disconnect()].map((closing) => closing.catch(() => {})));
    throw thrown;
  }
}

async function attempt<Result>(settings: KafkaSettings, connecting: () => Promise<Result>): Promise<Result> {
  try {
    return await connecting();
  } catch (thrown) {
    throw connectionFailure(settings, thrown);
  }
}
