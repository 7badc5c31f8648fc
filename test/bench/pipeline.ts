import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runBench } from '#test/bench/command/bench';
import { count, runs } from '#test/bench/command/settings';
import { writeEvents } from '#test/bench/measure/events';
import { line, median, megabytes, spread } from '#test/bench/measure/figures';
import { type Imported, importFile } from '#test/bench/measure/import';
import { rawInserts } from '#test/bench/pipeline/raw-inserts';

const SEED = 7;
const BIN = fileURLToPath(new URL('../../bin/', import.meta.url));

await runBench({
  name: 'pipeline',
  about:
    'From import to queryable rows, beside the rate at which ClickHouse alone takes the same rows; memory; an empty start.',
  settings: {
    runs: runs(),
    people: count('whose events are imported', { usual: 10_000, tiny: 30 }),
    days: count('that they take', { usual: 15, tiny: 5 }),
    many: count('people whose events of one day are imported, once', { usual: 100_000, tiny: 60 }),
  },
  async run({ runs, people, days, many }) {
    const folder = await mkdtemp(join(tmpdir(), 'leadstream-bench-'));
    try {
      const starts = await repeat(runs, (run) => emptyStart(join(folder, `start-${run}`)));
      line('empty start to the first answer, ms (min / median / max)', spread(starts));
      const few = await writeEvents(join(folder, 'few.ndjson'), { leads: people, days, seed: SEED });
      const found: Imported[] = [];
      for (let run = 0; run < runs; run++) found.push(await importFile(few, join(folder, `few-${run}`)));
      const rates = found.map(({ accepted, took }) => (accepted / took) * 1000);
      line(`import of ${few.lines.toLocaleString('en-US')} events, events/s`, spread(rates));
      const raw = await rawInserts(join(folder, 'few-0'), folder, runs);
      line('the same rows into ClickHouse alone, events/s', spread(raw.rates));
      line('rows per event', raw.rowsPerEvent.toFixed(2));
      line('share of the raw rate', `${((100 * median(rates)) / median(raw.rates)).toFixed(1)} %`);
      const file = await writeEvents(join(folder, 'many.ndjson'), { leads: many, days: 1, seed: SEED });
      const large = await importFile(file, join(folder, 'many'));
      line(
        `import of ${large.accepted.toLocaleString('en-US')} events of ${many.toLocaleString('en-US')} people, events/s`,
        String(Math.round((large.accepted / large.took) * 1000)),
      );
      for (const [size, { anonymous, clickhouse }] of [[people, found[0] ?? large] as const, [many, large] as const]) {
        line(
          `most anonymous memory at ${size.toLocaleString('en-US')} people, MB (and ClickHouse's)`,
          `${megabytes(anonymous).toFixed(0)} (${megabytes(clickhouse).toFixed(0)})`,
        );
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
});

async function repeat(times: number, work: (run: number) => Promise<number>): Promise<number[]> {
  const results: number[] = [];
  for (let run = 0; run < times; run++) results.push(await work(run));
  return results;
}

/** From the command to the first answer, ms. */
async function emptyStart(dir: string): Promise<number> {
  const began = performance.now();
  const child = spawn(process.execPath, [`${BIN}leadstream.mjs`, 'start', '--port', '0', '--data', dir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  for await (const chunk of child.stdout) {
    said += String(chunk);
    const url = /https?:\/\/[^\s]+/.exec(said)?.[0];
    if (url === undefined) continue;
    await (await fetch(new URL('/healthz', url))).text();
    const took = performance.now() - began;
    child.kill('SIGINT');
    if (child.exitCode === null) await once(child, 'exit');
    return took;
  }
  throw new Error('start ended before it answered');
}
