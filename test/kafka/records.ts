import { connectLog } from '#app/kafka/connection';
import { readSettings } from '#app/kafka/settings';
import { type KeptRecord, readAny, readTopic } from '#app/verify/topic';
import type { Log, LogRecord } from '#lib/flow/log';
import { type AnyMessage, TOPICS } from '#schemas/topics';
import { type Installation, plainClient } from '#test/kafka/given';

/** The log of an installation, as its services read it. */
export async function openLog({ brokers, prefix, registry }: Installation): Promise<Log> {
  const outcome = await readSettings({ brokers: brokers.join(','), prefix, registry }, {});
  if (outcome.kind === 'faults') throw new Error(outcome.faults.join('; '));
  return connectLog(outcome.settings, () => {});
}

/** All committed records of a topic, partition by partition. */
export async function recordsOf<Value>(installation: Installation, topic: string): Promise<KeptRecord<Value>[]> {
  return withLog(openLog(installation), (log) => recordsIn<Value>(log, topic));
}

/** The same of an open log of any kind. */
export async function recordsIn<Value>(log: Log, topic: string): Promise<KeptRecord<Value>[]> {
  const records: KeptRecord<Value>[] = [];
  for (let partition = 0; partition < log.partitions(topic); partition++) {
    for await (const record of readTopic<Value>(log, { topic, partition }, new AbortController().signal)) {
      records.push(record);
    }
  }
  return records;
}

/** Does something with a log, and closes it whatever comes of it. */
export async function withLog<Result>(opening: Promise<Log>, work: (log: Log) => Promise<Result>): Promise<Result> {
  const log = await opening;
  try {
    return await work(log);
  } finally {
    await log.close();
  }
}

/** All committed records of all topics; in lead.events also those that no schema can read. */
export async function readEverything(installation: Installation): Promise<readonly LogRecord<AnyMessage>[]> {
  return withLog(openLog(installation), async (log) => {
    const records: LogRecord<AnyMessage>[] = [];
    for (const topic of Object.values(TOPICS)) {
      for (let partition = 0; partition < log.partitions(topic); partition++) {
        const read = readAny<AnyMessage>(log, { topic, partition }, new AbortController().signal);
        for await (const record of read) records.push(record);
      }
    }
    return records;
  });
}

/** Where each partition ends for the broker, transaction markers included: unchanged if nothing at all was written. */
export async function brokerEnds(installation: Installation): Promise<Readonly<Record<string, string[]>>> {
  return asAdmin(installation, async (admin) => {
    const all = await admin.listTopics();
    const own = all.filter((topic) => topic.startsWith(installation.prefix)).sort();
    const ends: Record<string, string[]> = {};
    for (const topic of own) {
      const partitions = await admin.fetchTopicOffsets(topic);
      ends[topic] = partitions.toSorted((a, b) => a.partition - b.partition).map(({ high }) => high);
    }
    return ends;
  });
}

/** Does something as an administrator of the cluster. */
export async function asAdmin<Result>(
  installation: Pick<Installation, 'brokers'>,
  work: (admin: ReturnType<ReturnType<typeof plainClient>['admin']>) => Promise<Result>,
): Promise<Result> {
  const admin = plainClient(installation).admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}
