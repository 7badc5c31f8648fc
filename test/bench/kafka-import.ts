import { equal } from 'node:assert/strict';
import { join } from 'node:path';
import { z } from 'zod';
import { runBench } from '#test/bench/command/bench';
import { count, runs, some } from '#test/bench/command/settings';
import { withCluster } from '#test/bench/measure/cluster';
import { writeEvents } from '#test/bench/measure/events';
import { line, spread } from '#test/bench/measure/figures';
import { importFile } from '#test/bench/measure/import';
import { A_PROCESS_EACH, install, type Layout, ONE_PROCESS, well } from '#test/bench/measure/installation';
import { leadstream } from '#test/process/command';
import { WITHOUT_PARTITIONS } from '#test/process/every-row';

const LAYOUTS: Readonly<Record<'one' | 'each', { readonly what: string; readonly layout: Layout }>> = {
  one: { what: 'Kafka, one process', layout: ONE_PROCESS },
  each: { what: 'Kafka, a process for each service', layout: A_PROCESS_EACH },
};

const summary = z.object({ accepted: z.number(), duration_ms: z.number() });

await runBench({
  name: 'kafka-import',
  about:
    'An import through Kafka, from the command to queryable rows, beside the same import embedded; all rows must be the same. Needs Java and Maven.',
  settings: {
    runs: runs(),
    people: count('whose events are imported', { usual: 2_000, tiny: 10 }),
    days: count('that they take', { usual: 60, tiny: 10 }),
    only: some('layout', ['one', 'each'], ['one']),
  },
  run: ({ runs, people, days, only }) =>
    withCluster('import', async (cluster) => {
      const { dir } = cluster;
      const file = await writeEvents(join(dir, 'events.ndjson'), { leads: people, days, seed: 7 });
      line('lines', file.lines.toLocaleString('en-US'));
      const embedded: number[] = [];
      for (let run = 0; run < runs; run++) {
        const { accepted, took } = await importFile(file, join(dir, `embedded-${run}`));
        embedded.push((accepted / took) * 1000);
      }
      line('embedded, events/s (min / median / max)', spread(embedded));
      const expected = await rowsOf(join(dir, 'embedded-0'));
      for (const name of only) {
        const { what, layout } = LAYOUTS[name];
        const rates: number[] = [];
        for (let run = 0; run < runs; run++) rates.push(await rateOf(layout));
        line(`${what}, events/s (min / median / max)`, spread(rates));
      }
      line('the same from all, rows', expected.split('\n').length.toLocaleString('en-US'));

      async function rateOf(layout: Layout): Promise<number> {
        const { data, flags, stop } = await install(cluster, layout);
        try {
          const said = await well(leadstream('import', file.path, '--kafka', '--data', data, ...flags, '--json'));
          const { accepted, duration_ms } = summary.parse(JSON.parse(said));
          equal(accepted, file.lines, 'events accepted, of all lines');
          equal(await rowsOf(data), expected, 'rows of the import through Kafka, and of that embedded');
          return (accepted / duration_ms) * 1000;
        } finally {
          await stop();
        }
      }
    }),
});

/** Every row of the tables, but for what the number of partitions changes. */
function rowsOf(data: string): Promise<string> {
  return well(leadstream('sql', WITHOUT_PARTITIONS, '--data', data, '--format', 'TSVRaw'));
}
