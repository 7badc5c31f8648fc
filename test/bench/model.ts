import { equal } from 'node:assert/strict';
import type { LeadScore } from '#services/score/state';
import { runBench } from '#test/bench/command/bench';
import { count, runs } from '#test/bench/command/settings';
import { line, megabytes, spread } from '#test/bench/measure/figures';
import { meanBytes } from '#test/bench/model/bytes';
import { type Folding, folding } from '#test/bench/model/folding';
import { measureSize } from '#test/bench/model/size';

/** Events of a lead where folds are measured: tens of matches each. */
const EACH = 60;
/** Next events of a lead with a very long history, which are measured. */
const NEXT = 500;
/** Events of a lead where sizes are measured. Few leads get more, until the process has grown as far as work alone makes it. */
const EACH_STORED = { few: 40, many: 2 };

await runBench({
  name: 'model',
  about:
    "What the lead model costs: folds per second by the number of rules, bytes of a lead's state, memory and the time of explain by the number of leads.",
  settings: {
    runs: runs(),
    events: count('of a run', { usual: 300_000, tiny: 1_200 }),
    history: count('events of a lead with a very long history; no more are kept than 10,000', {
      usual: 9_400,
      tiny: 100,
    }),
    few: count('leads that sizes are measured with', { usual: 10_000, tiny: 100 }),
    many: count('leads that they are measured with once more', { usual: 1_000_000, tiny: 1_000 }),
    asked: count('leads that are explained', { usual: 1_000, tiny: 20 }),
  },
  async run({ runs, events, history, few, many, asked }) {
    const leads = events / EACH;
    line(`${events.toLocaleString('en-US')} events, ${EACH} of each lead`, 'events/s (min / median / max); aim');
    for (const chain of ['score', 'score and stage'] as const) {
      for (const rules of [10, 100, 1_000]) {
        const aim = chain === 'score' && rules === 100 ? 'over 100,000' : '';
        const one = await folding({ rules, match: 'some' }, chain, events, leads);
        report(`${chain}, ${rules} rules`, one, aim);
        if (chain === 'score' && rules === 100) {
          line('bytes of state of a lead, mean', (await meanBytes(one.states())).toFixed(0));
        }
      }
    }
    const all = await folding({ rules: 100, match: 'all' }, 'score', events / 10, leads);
    report('score, 100 rules on page views', all);
    const none = await folding({ rules: 100, match: 'none' }, 'score', events, leads);
    report('score, 100 rules that match no name', none);
    const thousand = await folding({ rules: 1_000, match: 'none' }, 'score', events, leads);
    report('score, 1,000 rules that match no name', thousand, 'as with 100');
    const large = await folding({ rules: 28, match: 'some' }, 'score', history + NEXT, 1);
    const slow = Array.from({ length: runs }, () => 1e6 / large.run(history));
    const [one] = large.states();
    const much = `one lead with ${(one as LeadScore).matches.length.toLocaleString('en-US')} matches, µs of an event`;
    line(much, `${spread(slow)}; about 300`);

    line('leads in stores on disk', 'anonymous MB at most; explain ms: p50 / p99 / max');
    await size(few, EACH_STORED.few, '');
    await size(many, EACH_STORED.many, `; as at ${few.toLocaleString('en-US')}, under 50`);

    function report(what: string, one: Folding, aim = ''): void {
      one.run();
      const rates = Array.from({ length: runs }, () => one.run());
      line(what, `${spread(rates)}${aim === '' ? '' : `; ${aim}`}`);
    }

    async function size(leads: number, each: number, aim: string): Promise<void> {
      const { anonymous, took } = await measureSize(leads, leads * each, asked);
      equal(took.length, asked, 'not every lead that was asked for could be explained');
      const sorted = took.toSorted((a, b) => a - b);
      const at = (share: number) =>
        (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN).toFixed(2);
      const figures = `${megabytes(anonymous).toFixed(0)}; ${at(0.5)} / ${at(0.99)} / ${at(1)}${aim}`;
      line(leads.toLocaleString('en-US'), figures);
    }
  },
});
