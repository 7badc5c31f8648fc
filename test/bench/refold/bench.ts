import { rm } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { TOPICS } from '#schemas/topics';
import { writeInput } from '#test/bench/kafka-streams/input/write';
import { INPUT, PARTITIONS } from '#test/bench/kafka-streams/workload';
import { openCluster } from '#test/bench/measure/cluster';
import { line, spread } from '#test/bench/measure/figures';
import { writeHistory } from '#test/bench/refold/history';
import { rateOf } from '#test/bench/refold/measure';
import type { BenchOptions } from '#test/bench/refold/options';
import type { Subject } from '#test/bench/refold/subject';

export interface Bench {
  run(): Promise<void>;
  close(): Promise<void>;
}

const TITLES: Readonly<Record<Subject, string>> = {
  bench: "the bench's score fold",
  score: 'score, over the history of made-up people',
  identify: 'identify, over its own outputs of them',
};

/** Starts broker and registry, and writes the topics. */
export async function openBench(options: BenchOptions): Promise<Bench> {
  const { events, leads, people, runs, only, profile } = options;
  const { dir, broker, registryUrl, registry, kafka, admin, close } = await openCluster('refold');
  try {
    const shared = [INPUT, TOPICS.activity, TOPICS.scores].map((topic) => ({ topic, numPartitions: PARTITIONS }));
    await admin.createTopics({ topics: [...shared, { topic: TOPICS.events }, { topic: TOPICS.deadLetters }] });
    const tell = (what: string, bytes: number) => line(`bytes of ${what}`, bytes.toFixed(0));
    if (only.includes('bench')) tell("the bench's records", await writeInput(kafka, registry, events, leads));
    if (only.some((one) => one !== 'bench')) tell("identify's records", await writeHistory(kafka, registry, people));

    async function measure(subject: Subject): Promise<void> {
      const flags = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${join(profile, subject)}`];
      const reads: number[] = [];
      const decodes: number[] = [];
      const folds: number[] = [];
      for (let run = 0; run < runs; run++) {
        const own = join(dir, `${subject}-${run}`);
        const child = { subject, brokers: [broker.address], registry: registryUrl, dir: own };
        reads.push(await rateOf({ ...child, kind: 'read' }, []));
        decodes.push(await rateOf({ ...child, kind: 'decode' }, []));
        folds.push(await rateOf({ ...child, kind: 'fold' }, flags));
        await rm(own, { recursive: true, force: true });
      }
      line(`\n${TITLES[subject]}`, 'min / median / max');
      line('our client reads, records/s', spread(reads));
      line('our client reads and decodes, records/s', spread(decodes));
      line('folded again, records/s', spread(folds));
      line('folded over read, run by run', spread(ratios(folds, reads), 2));
      line('folded over read and decoded', spread(ratios(folds, decodes), 2));
    }

    return {
      async run() {
        for (const subject of only) await measure(subject);
        const load = loadavg().map((one) => one.toFixed(1));
        line('\nload average of the machine', load.join(' '));
      },
      close,
    };
  } catch (error) {
    await close().catch(() => {});
    throw error;
  }
}

function ratios(rates: readonly number[], others: readonly number[]): readonly number[] {
  return rates.map((rate, run) => rate / (others[run] ?? Number.NaN));
}
