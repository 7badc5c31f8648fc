import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { TOPICS } from '#schemas/topics';
import { runBench } from '#test/bench/command/bench';
import { count, profiles, runs, some } from '#test/bench/command/settings';
import { writeInput } from '#test/bench/kafka-streams/input/write';
import { INPUT, PARTITIONS } from '#test/bench/kafka-streams/workload';
import { withCluster } from '#test/bench/measure/cluster';
import { line, spread } from '#test/bench/measure/figures';
import { writeHistory } from '#test/bench/refold/history';
import { rateOf } from '#test/bench/refold/measure';
import { SUBJECTS, type Subject } from '#test/bench/refold/subject';

const TITLES: Readonly<Record<Subject, string>> = {
  bench: "the bench's score fold",
  score: 'score, over the history of made-up people',
  identify: 'identify, over its own outputs of them',
};

await runBench({
  name: 'refold',
  about:
    'What a deleted store costs: records per second while it is folded from a real broker again, as a starting instance does, beside what the client alone reads of the same topic in the same run. Needs a JDK and Maven.',
  settings: {
    runs: runs(),
    events: count("in the topic of the bench's fold", { usual: 400_000, tiny: 1_000 }),
    leads: count('that they are of', { usual: 50_000, tiny: 100 }),
    people: count("whose history score and identify fold; each is about 15 of identify's records", {
      usual: 10_000,
      tiny: 20,
    }),
    only: some('subject', SUBJECTS),
    profile: profiles('writes CPU profiles of the processes that fold'),
  },
  run: ({ runs, events, leads, people, only, profile }) =>
    withCluster('refold', async ({ dir, broker, registryUrl, registry, kafka, createTopics }) => {
      const shared = [INPUT, TOPICS.activity, TOPICS.scores, TOPICS.joins].map((topic) => ({
        topic,
        numPartitions: PARTITIONS,
      }));
      await createTopics([...shared, { topic: TOPICS.events }, { topic: TOPICS.deadLetters }]);
      const tell = (what: string, bytes: number) => line(`bytes of ${what}`, bytes.toFixed(0));
      if (only.includes('bench')) tell("the bench's records", await writeInput(kafka, registry, events, leads));
      if (only.some((one) => one !== 'bench')) tell("identify's records", await writeHistory(kafka, registry, people));
      for (const subject of only) await measure(subject);

      async function measure(subject: Subject): Promise<void> {
        const flags = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${join(profile, subject)}`];
        const reads: number[] = [];
        const decodes: number[] = [];
        const folds: number[] = [];
        for (let run = 0; run < runs; run++) {
          const own = join(dir, `${subject}-${run}`);
          const task = { subject, brokers: [broker.address], registry: registryUrl, dir: own };
          reads.push(await rateOf({ ...task, kind: 'read' }, []));
          decodes.push(await rateOf({ ...task, kind: 'decode' }, []));
          folds.push(await rateOf({ ...task, kind: 'fold' }, flags));
          await rm(own, { recursive: true, force: true });
        }
        line(`\n${TITLES[subject]}`, 'min / median / max');
        line('our client reads, records/s', spread(reads));
        line('our client reads and decodes, records/s', spread(decodes));
        line('folded again, records/s', spread(folds));
        line('folded over read, run by run', spread(ratios(folds, reads), 2));
        line('folded over read and decoded', spread(ratios(folds, decodes), 2));
      }
    }),
});

function ratios(rates: readonly number[], others: readonly number[]): readonly number[] {
  return rates.map((rate, run) => rate / (others[run] ?? Number.NaN));
}
