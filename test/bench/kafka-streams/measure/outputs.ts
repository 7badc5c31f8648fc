import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Kafka } from 'kafkajs';
import { createFetcher } from '#lib/log/kafka/fetcher';
import { PARTITIONS } from '#test/bench/kafka-streams/workload';

/** What a run has put out: how many records, and a hash of their keys and values in their order, per place. */
export type Outputs = ReadonlyMap<string, { readonly records: number; readonly hash: string }>;

/** Reads topics to their ends with read_committed. `names`: what the place is called, whatever the run's topic is. */
export async function readOutputs(
  kafka: Kafka,
  topics: readonly { readonly name: string; readonly topic: string }[],
): Promise<Outputs> {
  const outputs = new Map<string, { records: number; hash: string }>();
  const admin = kafka.admin();
  await admin.connect();
  for (const { name, topic } of topics) {
    const ends = await admin.fetchTopicOffsets(topic);
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const end = Number(ends.find((offsets) => offsets.partition === partition)?.high ?? 0);
      outputs.set(`${name}/${partition}`, await readPartition(kafka, topic, partition, end));
    }
  }
  await admin.disconnect();
  return outputs;
}

/** The states of all leads, however many files they are in. */
export async function readStates(files: readonly string[]): Promise<Outputs> {
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  const lines = texts.flatMap((text) => text.split('\n').filter((line) => line !== '')).sort();
  const hash = createHash('sha256').update(lines.join('\n')).digest('hex');
  return new Map([['state', { records: lines.length, hash }]]);
}

/** Where two runs differ, a line each. */
export function differences(one: Outputs, other: Outputs): string[] {
  return [...new Set([...one.keys(), ...other.keys()])].flatMap((place) => {
    const [a, b] = [one.get(place), other.get(place)];
    if (a?.records !== b?.records) return [`${place}: ${a?.records} and ${b?.records} records`];
    return a?.hash === b?.hash ? [] : [`${place}: ${a?.records} records each, which differ`];
  });
}

async function readPartition(kafka: Kafka, topic: string, partition: number, end: number) {
  const fetcher = createFetcher(kafka, { topic, partition });
  const hash = createHash('sha256');
  let records = 0;
  const size = Buffer.alloc(4);
  const add = (bytes: Buffer | null) => {
    size.writeInt32BE(bytes?.length ?? -1);
    hash.update(size);
    if (bytes !== null) hash.update(bytes);
  };
  for (let next = 0; next < end; ) {
    const found = await fetcher.fetch(next, 500);
    for (const { bytes, keyStart, keyEnd, start, end: valueEnd } of found.records.next(Number.POSITIVE_INFINITY)) {
      add(keyStart < 0 ? null : bytes.subarray(keyStart, keyEnd));
      add(start < 0 ? null : bytes.subarray(start, valueEnd));
      records++;
    }
    next = found.next;
  }
  fetcher.close();
  return { records, hash: hash.digest('hex') };
}
