import { Command } from 'commander';
import { FOLDS, type FoldCase, type FoldName } from '#test/bench/fold/cases';
import { measureLimits } from '#test/bench/fold/limits';
import { type FoldResult, measureFold } from '#test/bench/fold/measure';
import { line, median, megabytes, spread } from '#test/bench/measure/figures';

/**
 * What the runtime and its stores cost per record: the real tasks over records made up in memory, outputs thrown away.
 * `npm run bench -- fold [--runs N] [--only FOLD] [--leads N] [--profile FOLDER]`
 */
interface Options {
  readonly runs: number;
  readonly only?: FoldName;
  readonly leads?: number;
  /** CPU profiles go into this folder. */
  readonly profile?: string;
}

const FEW = 50_000;
const MANY = 1_000_000;
/** Of many leads so many records touch about half. */
const EVENTS = { few: 500_000, many: 700_000 };

const command = new Command('npm run bench -- fold')
  .option('--runs <number>', 'of each', Number, 3)
  .option('--only <fold>', FOLDS.join(', '))
  .option('--leads <number>', 'that the records are of', Number)
  .option('--profile <folder>', 'writes CPU profiles');
command.parse(process.argv.slice(3), { from: 'user' });
const { runs, only, leads: wanted, profile } = command.opts<Options>();

for (const leads of wanted === undefined ? [FEW, MANY] : [wanted]) {
  line(
    `${leads.toLocaleString('en-US')} leads (min / median / max)`,
    'records/s; CPU µs/record beyond reading; most anonymous MB',
  );
  const events = leads > FEW ? EVENTS.many : EVENTS.few;
  const reading = await measured({ fold: 'nothing', leads, events });
  const floor = median(reading.map(({ cpu }) => cpu));
  print('reading alone', reading, 0);
  for (const fold of only === undefined ? FOLDS : [only]) print(fold, await measured({ fold, leads, events }), floor);
  const { map, lmdb } = await measureLimits(leads);
  line('a fold over a Map alone; LMDB alone', `CPU µs/record ${map.toFixed(2)}; ${lmdb.toFixed(2)}`);
}

async function measured(one: FoldCase): Promise<FoldResult[]> {
  const results: FoldResult[] = [];
  for (let run = 0; run < runs; run++) results.push(await measureFold(one, profile));
  return results;
}

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
