import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { patiently } from '#lib/log/kafka/topics/patience';
import { TOPICS } from '#schemas/topics';
import { writeInput } from '#test/bench/kafka-streams/input/write';
import { differences, type Outputs, readOutputs, readStates } from '#test/bench/kafka-streams/measure/outputs';
import { watch } from '#test/bench/kafka-streams/measure/progress';
import { readSegments } from '#test/bench/kafka-streams/measure/segments';
import { rawLimits } from '#test/bench/kafka-streams/raw/raw';
import { prepareStreams } from '#test/bench/kafka-streams/sides/streams';
import { type Measured, printRow, printTitle, type Row, ratioLine } from '#test/bench/kafka-streams/table';
import { ourVariants, streamsVariants, type Variant } from '#test/bench/kafka-streams/variants';
import { INPUT, outputsOf, PARTITIONS, topicsOf, type Workload } from '#test/bench/kafka-streams/workload';
import { type BenchCluster, isMomentary } from '#test/bench/measure/cluster';
import { line } from '#test/bench/measure/figures';
import type { Codec } from '#test/bench/measure/kafka-settings';

export interface CompareOptions {
  readonly events: number;
  readonly leads: number;
  readonly runs: number;
  readonly only: readonly Workload[];
  readonly width: number;
  /** Of Kafka Streams; undefined: that of ours. */
  readonly compression: Codec | undefined;
  /** Profiles of our processes go into this folder, and Kafka Streams is left out. */
  readonly profile: string | undefined;
}

/** What a variant has put out in one run. */
interface Ran {
  readonly measured: Measured;
  readonly outputs: Outputs;
}

/** Writes the input and lets both sides work on it. Rejects when they put out different things, or in different codecs unless one was asked for. */
export async function compareSides(cluster: BenchCluster, options: CompareOptions): Promise<void> {
  const { events, leads, runs, only, width, compression, profile } = options;
  const { dir, broker, registryUrl, registry, kafka, admin, createTopics } = cluster;
  // The log asks what is noted about lead.events, which must be there.
  await createTopics([{ topic: INPUT, numPartitions: PARTITIONS }, { topic: TOPICS.events }]);
  // Kafka makes the topic of the positions when it is first asked for any.
  await patiently(() => admin.fetchOffsets({ groupId: 'first', topics: [INPUT] }), isMomentary);
  const bytes = await writeInput(kafka, registry, events, leads);
  line('events, of leads', `${events.toLocaleString('en-US')}, ${leads.toLocaleString('en-US')}`);
  line('bytes of an event', bytes.toFixed(0));
  const { codec: own } = await readSegments(broker.data, [INPUT]);
  line('compression of ours, of Kafka Streams', `${own}, ${compression ?? own}`);
  const streams =
    profile === undefined ? streamsVariants(await prepareStreams(dir, registry), width, compression ?? own) : [];
  const flags = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
  if (profile === undefined) await rawLimits(cluster, events, runs);
  let count = 0;
  for (const workload of only) await compare(workload);

  /** The variants in turn, the best of a side being the one with the highest median. */
  async function compare(workload: Workload): Promise<void> {
    const variants = [...streams, ...ourVariants(workload, width, flags)];
    const rows = new Map(variants.map((variant) => [variant, [] as Measured[]]));
    let expected: { readonly by: string; readonly outputs: Outputs } | undefined;
    printTitle(workload);
    for (let run = 0; run < runs; run++) {
      for (const variant of run % 2 === 0 ? variants : variants.toReversed()) {
        const { measured, outputs } = await once(workload, variant);
        rows.get(variant)?.push(measured);
        expected ??= { by: variant.name, outputs };
        const found = differences(expected.outputs, outputs);
        if (found.length > 0)
          throw new Error(`${expected.by} and ${variant.name} put out different things:\n${found.join('\n')}`);
      }
    }
    const table = [...rows].map(([{ name }, measured]): Row => ({ name, measured }));
    for (const row of table) printRow(row);
    for (const text of ratioLine(table)) line(...text);
    const records = [...(expected?.outputs.values() ?? [])].reduce((sum, place) => sum + place.records, 0);
    line('the same from all, records', records.toLocaleString('en-US'));
  }

  /** Runs a variant once, from nothing to all events committed, and reads what it has put out. */
  async function once(workload: Workload, { name, start }: Variant): Promise<Ran> {
    const run = `r${++count}`;
    const topics = outputsOf(workload, topicsOf(run));
    if (topics.length > 0) {
      await createTopics(topics.map((topic) => ({ topic, numPartitions: PARTITIONS })));
    }
    const folder = join(dir, run);
    const given = { brokers: broker.address, registry: registryUrl, dir: folder };
    const running = await start(run, workload, given);
    let states: readonly string[] = [];
    const progress = await watch(admin, running, broker.pid, events).finally(async () => {
      states = await running.stop();
    });
    const places = topics.map((topic) => ({ name: topic.slice(`bench.${run}.`.length), topic }));
    const outputs = workload === 'state' ? await readStates(states) : await readOutputs(kafka, places);
    const { bytes: size, codec } = await readSegments(broker.data, topics);
    if (topics.length > 0 && compression === undefined && codec !== own)
      throw new Error(`${name} has written batches with codec ${codec}, and the input has ${own}`);
    if (topics.length > 0) await admin.deleteTopics({ topics: [...topics] });
    await rm(folder, { recursive: true, force: true });
    return { measured: { ...progress, written: size / events }, outputs };
  }
}
