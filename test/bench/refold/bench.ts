import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBroker } from '#infra/kafka/broker';
import { freePort } from '#infra/kafka/port';
import { startRegistry } from '#infra/kafka/registry/registry';
import { systemClock } from '#lib/clock/system';
import { createClient } from '#lib/log/kafka/client';
import { connectRegistry } from '#lib/log/kafka/registry/registry';
import { KAFKA_DEFAULTS } from '#lib/log/kafka/settings';
import { TOPICS } from '#schemas/topics';
import { writeInput } from '#test/bench/kafka-streams/input/write';
import { INPUT, PARTITIONS } from '#test/bench/kafka-streams/workload';
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
  const dir = await mkdtemp(join(tmpdir(), 'leadstream-refold-'));
  const closing: (() => Promise<void>)[] = [() => rm(dir, { recursive: true, force: true })];
  const close = async () => {
    for (const step of closing.splice(0).reverse()) await step();
  };
  try {
    const ports = { port: await freePort(), controllerPort: await freePort() };
    const broker = await startBroker({ dir: join(dir, 'kafka'), ...ports });
    closing.push(() => broker.stop());
    const http = await startRegistry({ port: 0 });
    closing.push(() => http.close());
    const registry = await connectRegistry({ url: http.url, prefix: '', register: true, clock: systemClock });
    closing.push(async () => registry.close());
    const kafka = createClient({ ...KAFKA_DEFAULTS, brokers: [broker.address] });
    const admin = kafka.admin();
    await admin.connect();
    closing.push(() => admin.disconnect());
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
        const child = { subject, brokers: [broker.address], registry: http.url, dir: own };
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
