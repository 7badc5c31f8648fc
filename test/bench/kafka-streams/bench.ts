import { rm } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { patiently } from '#lib/log/kafka/topics/patience';
import { TOPICS } from '#schemas/topics';
import { writeInput } from '#test/bench/kafka-streams/input/write';
import { differences, type Outputs, readOutputs, readStates } from '#test/bench/kafka-streams/measure/outputs';
import { type Measured, watch } from '#test/bench/kafka-streams/measure/progress';
import type { BenchOptions } from '#test/bench/kafka-streams/options';
import { rawLimits } from '#test/bench/kafka-streams/raw/raw';
import { startOurs } from '#test/bench/kafka-streams/sides/ours';
import type { Given, Running } from '#test/bench/kafka-streams/sides/side';
import { prepareStreams } from '#test/bench/kafka-streams/sides/streams';
import { printRow, printTitle, ratioLine } from '#test/bench/kafka-streams/table';
import { INPUT, outputsOf, PARTITIONS, topicsOf, type Workload } from '#test/bench/kafka-streams/workload';
import { openCluster } from '#test/bench/measure/cluster';
import { line } from '#test/bench/measure/figures';

/** One way to run a side. */
interface Variant {
  readonly name: string;
  readonly start: (run: string, workload: Workload, given: Given) => Promise<Running>;
}

export interface Bench {
  run(): Promise<void>;
  close(): Promise<void>;
}

/** Starts broker and registry, and writes the input. `run` fails when the two sides put out different things. */
export async function openBench(options: BenchOptions): Promise<Bench> {
  const { events, leads, runs, only, compression, profile } = options;
  const { dir, broker, registryUrl, registry, kafka, admin, close } = await openCluster('streams');
  try {
    // The log asks what is noted about lead.events, which must be there.
    await admin.createTopics({ topics: [{ topic: INPUT, numPartitions: PARTITIONS }, { topic: TOPICS.events }] });
    // Kafka makes the topic of the positions when it is first asked for any.
    await patiently(
      () => admin.fetchOffsets({ groupId: 'first', topics: [INPUT] }),
      (thrown) => thrown instanceof Error && 'retriable' in thrown && thrown.retriable === true,
    );
    const bytes = await writeInput(kafka, registry, events, leads);
    const streams = profile === undefined ? await prepareStreams(dir, registry) : undefined;
    let count = 0;

    /** Runs a variant once, from nothing to all events committed, and reads what it has put out. */
    async function once(workload: Workload, { start }: Variant): Promise<{ measured: Measured; outputs: Outputs }> {
      const run = `r${++count}`;
      const topics = outputsOf(workload, topicsOf(run));
      if (topics.length > 0) {
        await admin.createTopics({ topics: topics.map((topic) => ({ topic, numPartitions: PARTITIONS })) });
      }
      const own = join(dir, run);
      const running = await start(run, workload, { brokers: broker.address, registry: registryUrl, dir: own });
      let states: readonly string[] = [];
      const measured = await watch(admin, running, broker.pid, events).finally(async () => {
        states = await running.stop();
      });
      const places = topics.map((topic) => ({ name: topic.slice(`bench.${run}.`.length), topic }));
      const outputs = workload === 'state' ? await readStates(states) : await readOutputs(kafka, places);
      if (topics.length > 0) await admin.deleteTopics({ topics: [...topics] });
      await rm(own, { recursive: true, force: true });
      return { measured, outputs };
    }

    /** The variants in turn, the best of a side being the one with the highest median. Throws where outputs differ. */
    async function compare(workload: Workload): Promise<void> {
      const variants = [...(streams === undefined ? [] : streamsVariants()), ...ourVariants(workload)];
      const found = new Map(variants.map((variant) => [variant, [] as Measured[]]));
      let expected: { readonly by: string; readonly outputs: Outputs } | undefined;
      printTitle(workload);
      for (let run = 0; run < runs; run++) {
        for (const variant of run % 2 === 0 ? variants : variants.toReversed()) {
          const { measured, outputs } = await once(workload, variant);
          found.get(variant)?.push(measured);
          expected ??= { by: variant.name, outputs };
          const found2 = differences(expected.outputs, outputs);
          if (found2.length > 0)
            throw new Error(`${expected.by} and ${variant.name} put out different things:\n${found2.join('\n')}`);
        }
      }
      for (const [{ name }, measured] of found) printRow(name, measured);
      for (const text of ratioLine([...found].map(([{ name }, measured]) => ({ name, measured })))) line(...text);
      const records = [...(expected?.outputs.values() ?? [])].reduce((sum, place) => sum + place.records, 0);
      line('the same from all, records', records.toLocaleString('en-US'));
    }

    function streamsVariants(): Variant[] {
      return [1, 2].map((threads) => ({
        name: `Kafka Streams, ${threads} thread${threads === 1 ? '' : 's'}`,
        start: (run, workload, given) => {
          if (streams === undefined) throw new Error('Kafka Streams is left out of profiles');
          return streams.start(given, { run, workload, threads, compression });
        },
      }));
    }

    function ourVariants(workload: Workload): Variant[] {
      const flags = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
      const variant = (name: string, chained: boolean, processes: number | 'each'): Variant => ({
        name,
        start: (run, work, given) => startOurs(given, { run, workload: work, chained, processes, flags }),
      });
      if (workload !== 'pipeline') return [variant('ours, 1 process', true, 1), variant('ours, 2 processes', true, 2)];
      return [
        variant('ours chained, 1 process', true, 1),
        variant('ours chained, 2 processes', true, 2),
        variant('ours separate, 1 process', false, 1),
        variant('ours separate, 3 processes', false, 'each'),
      ];
    }

    return {
      async run() {
        line('events, of leads', `${events.toLocaleString('en-US')}, ${leads.toLocaleString('en-US')}`);
        line('bytes of an event', bytes.toFixed(0));
        line(
          'load average of the machine before',
          loadavg()
            .map((load) => load.toFixed(1))
            .join(' '),
        );
        if (profile === undefined) await rawLimits({ brokers: broker.address, events, runs, admin });
        for (const workload of only) await compare(workload);
        line(
          'load average of the machine after',
          loadavg()
            .map((load) => load.toFixed(1))
            .join(' '),
        );
      },
      close,
    };
  } catch (error) {
    await close().catch(() => {});
    throw error;
  }
}
