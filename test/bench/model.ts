import { Command } from 'commander';
import type { LeadScore } from '#services/score/state';
import { line, megabytes, spread } from '#test/bench/measure/figures';
import { meanBytes } from '#test/bench/model/bytes';
import { type Folding, folding } from '#test/bench/model/folding';
import { measureSize } from '#test/bench/model/size';

/**
 * What the lead model costs: folds per second by the number of rules, bytes of a lead's state, memory and the time of
 * `explain` by the number of leads. `npm run bench -- model [--runs N] [--events N] [--leads N]`
 */
interface Options {
  readonly runs: number;
  readonly events: number;
  readonly leads: number;
}

const FEW = 10_000;
const ASKED = 1_000;
/** Events of a lead where folds are measured: tens of matches each. */
const EACH = 60;
/** Events of a lead with a very long history, before its next ones are measured; no more are kept than 10,000. */
const LARGE = 9_400;
/** Events of a lead where sizes are measured. Few leads get more, until the process has grown as far as work alone makes it. */
const EACH_STORED = { few: 40, many: 2 };

const command = new Command('npm run bench -- model')
  .option('--runs <number>', 'of each fold', Number, 3)
  .option('--events <number>', 'of a run', Number, 300_000)
  .option('--leads <number>', 'the larger of the two numbers of leads that sizes are measured with', Number, 1_000_000);
command.parse(process.argv.slice(3), { from: 'user' });
const { runs, events, leads } = command.opts<Options>();

line(`${events.toLocaleString('en-US')} events, ${EACH} of each lead`, 'events/s (min / median / max); aim');
for (const chain of ['score', 'score and stage'] as const) {
  for (const rules of [10, 100, 1_000]) {
    const aim = chain === 'score' && rules === 100 ? 'over 100,000' : '';
    const one = await folding({ rules, match: 'some' }, chain, events, events / EACH);
    report(`${chain}, ${rules} rules`, one, aim);
    if (chain === 'score' && rules === 100) {
      line('bytes of state of a lead, mean', (await meanBytes(one.states())).toFixed(0));
    }
  }
}
report(
  'score, 100 rules on page views',
  await folding({ rules: 100, match: 'all' }, 'score', events / 10, events / EACH),
);
const NONE = 'as with 100';
report(
  'score, 100 rules that match no name',
  await folding({ rules: 100, match: 'none' }, 'score', events, events / EACH),
);
report(
  'score, 1,000 rules that match no name',
  await folding({ rules: 1_000, match: 'none' }, 'score', events, events / EACH),
  NONE,
);
const large = await folding({ rules: 28, match: 'some' }, 'score', LARGE + 500, 1);
const slow = Array.from({ length: runs }, () => 1e6 / large.run(LARGE));
const [one] = large.states();
const much = `one lead with ${(one as LeadScore).matches.length.toLocaleString('en-US')} matches, µs of an event`;
line(much, `${spread(slow)}; about 300`);

line('leads in stores on disk', 'anonymous MB at most; explain ms: p50 / p99 / max');
for (const size of [FEW, leads]) {
  const each = size === FEW ? EACH_STORED.few : EACH_STORED.many;
  const { anonymous, took } = await measureSize(size, size * each, ASKED);
  const sorted = took.toSorted((a, b) => a - b);
  const at = (share: number) =>
    (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN).toFixed(2);
  const aim = size === FEW ? '' : `; as at ${FEW.toLocaleString('en-US')}, under 50`;
  const figures = `${megabytes(anonymous).toFixed(0)}; ${at(0.5)} / ${at(0.99)} / ${at(1)}${aim}`;
  line(size.toLocaleString('en-US'), figures);
}

function report(what: string, one: Folding, aim = ''): void {
  one.run();
  const rates = Array.from({ length: runs }, () => one.run());
  line(what, `${spread(rates)}${aim === '' ? '' : `; ${aim}`}`);
}
