import { runBench } from '#test/bench/command/bench';
import { count, profiles, runs, some } from '#test/bench/command/settings';
import { FOLDS, type FoldCase } from '#test/bench/fold/cases';
import { measureLimits } from '#test/bench/fold/limits';
import { type FoldResult, measureFold } from '#test/bench/fold/measure';
import { line, median, megabytes, spread } from '#test/bench/measure/figures';

await runBench({
  name: 'fold',
  about:
    'What the runtime and its stores cost per record: the real tasks over records made up in memory, outputs thrown away.',
  settings: {
    runs: runs(),
    only: some('fold', FOLDS),
    few: count('leads that the records are of', { usual: 50_000, tiny: 100 }),
    many: count('leads, once more', { usual: 1_000_000, tiny: 1_000 }),
    events: count('records of few leads; of many, 1.4 times as many, which touch about half of them', {
      usual: 500_000,
      tiny: 2_000,
    }),
    profile: profiles(),
  },
  async run({ runs, only, few, many, events, profile }) {
    await measure(few, events);
    await measure(many, 1.4 * events);

    async function measure(leads: number, events: number): Promise<void> {
      line(
        `${leads.toLocaleString('en-US')} leads (min / median / max)`,
        'records/s; CPU µs/record beyond reading; most anonymous MB',
      );
      const reading = await measured({ fold: 'nothing', leads, events });
      const floor = median(reading.map(({ cpu }) => cpu));
      print('reading alone', reading, 0);
      for (const fold of only) print(fold, await measured({ fold, leads, events }), floor);
      const { map, lmdb } = await measureLimits(leads, Math.min(events, 200_000));
      line('a fold over a Map alone; LMDB alone', `CPU µs/record ${map.toFixed(2)}; ${lmdb.toFixed(2)}`);
    }

    async function measured(one: FoldCase): Promise<FoldResult[]> {
      const results: FoldResult[] = [];
      for (let run = 0; run < runs; run++) results.push(await measureFold(one, profile));
      return results;
    }
  },
});

function print(what: string, results: readonly FoldResult[], floor: number): void {
  const columns = [
    spread(results.map(({ rate }) => rate)),
    spread(
      results.map(({ cpu }) => cpu - floor),
      2,
    ),
    spread(results.map(({ anonymous }) => megabytes(anonymous))),
  ];
  line(what, columns.join('; '));
}
