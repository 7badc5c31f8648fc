import { systemClock } from '#lib/clock/system';
import type { Restored } from '#lib/flow/task';
import { createClient } from '#lib/log/kafka/client';
import { createFetcher } from '#lib/log/kafka/fetcher';
import { openKafkaLog } from '#lib/log/kafka/log';
import { connectRegistry } from '#lib/log/kafka/registry/registry';
import { answer, taskOf } from '#test/bench/measure/child';
import { kafkaSettings } from '#test/bench/measure/kafka-settings';
import { instanceStores, NO_ROWS } from '#test/bench/measure/stores';
import type { RefoldAnswer, RefoldTask } from '#test/bench/refold/measure';
import { refolded } from '#test/bench/refold/subject';

/** A process of its own: reads or folds a topic once, all its partitions at the same time, and tells its parent how fast. */
const { kind, subject, brokers, registry: url, dir } = taskOf<RefoldTask>();
const { topic, topics, places, tasks } = refolded(subject);
const settings = kafkaSettings(brokers);
const registry = await connectRegistry({ url, prefix: '', register: false, clock: systemClock });
const log = await openKafkaLog({ settings, registry: async () => registry, clock: systemClock, topics });
const partitions = Array.from({ length: log.partitions(topic) }, (_, partition) => ({ topic, partition }));
const ends = await Promise.all(partitions.map((place) => log.end(place)));
const records = ends.reduce((sum, end) => sum + end, 0);
const { seen, took } = await { read, decode, fold }[kind]();
await log.close();
registry.close();
await answer({ records, seen, took } satisfies RefoldAnswer);
// connections of reads that nobody waits for any more
process.exit();

type Measured = Pick<RefoldAnswer, 'seen' | 'took'>;

/** Our client without Avro, folds and stores. ms from the first answer on. */
async function read(): Promise<Measured> {
  const kafka = createClient(settings);
  let began = Number.NaN;
  let seen = 0;
  await Promise.all(
    partitions.map(async (place, i) => {
      const fetcher = createFetcher(kafka, place);
      const end = ends[i] ?? 0;
      for (let next = 0, arriving = fetcher.fetch(0, 100); next < end; ) {
        const found = await arriving;
        next = found.next;
        if (Number.isNaN(began)) began = performance.now();
        if (next < end) arriving = fetcher.fetch(next, 100);
        while (!found.records.done) seen += found.records.next(2_000).length;
      }
      fetcher.close();
    }),
  );
  return { seen, took: performance.now() - began };
}

/** With Avro, as values come to a service. ms from the first page on. */
async function decode(): Promise<Measured> {
  const { signal } = new AbortController();
  let began = Number.NaN;
  let seen = 0;
  await Promise.all(
    partitions.map(async (place, i) => {
      const reader = log.reader(place, 0);
      for (let next = 0; next < (ends[i] ?? 0); ) {
        const page = await reader.next(2_000, signal);
        if (Number.isNaN(began)) began = performance.now();
        seen += page.length;
        next = (page.at(-1)?.offset ?? next) + 1;
      }
      await reader.close();
    }),
  );
  return { seen, took: performance.now() - began };
}

/** The real tasks, in whose positions all is done, on empty stores: ms until the last has opened. */
async function fold(): Promise<Measured> {
  for (const { task, ...place } of places) {
    const own = await log.open(task);
    const offset = place.topic === topic ? (ends[place.partition] ?? 0) : 0;
    await own.commit([], [{ ...place, position: { offset, cursor: 0 } }]);
    await own.close();
  }
  const stop = new AbortController();
  let began = Number.NaN;
  let ended = Number.NaN;
  let left = new Set(places.map(({ task }) => task)).size;
  const folded = new Map<string, number>();
  const fail = (task: string, error: unknown) => {
    throw new Error(`${task} does not open: ${error}`);
  };
  const observer = {
    paused: fail,
    failed: fail,
    restoring(task: string, { done }: Restored) {
      folded.set(task, done);
      if (Number.isNaN(began)) began = performance.now();
    },
    opened() {
      ended = performance.now();
      if (--left === 0) stop.abort();
    },
  };
  const running = tasks({ log, openStore: instanceStores(dir), sink: NO_ROWS, clock: systemClock, observer });
  await Promise.all(running.map((task) => task.run(stop.signal)));
  return { seen: [...folded.values()].reduce((sum, done) => sum + done, 0), took: ended - began };
}
