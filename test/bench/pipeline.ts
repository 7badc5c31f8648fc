import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError } from 'commander';
import { emptyStandardInput } from '#app/cli/standard-input';
import { openClickHouse } from '#lib/clickhouse/client';
import { migrate } from '#lib/clickhouse/migrate';
import { writeEvents } from '#test/bench/measure/events';
import { line, median, megabytes, spread } from '#test/bench/measure/figures';
import { type Imported, importFile } from '#test/bench/measure/import';

/**
 * From `import` to queryable rows: events per second, beside the rate at which chDB alone takes the same rows; memory at
 * 10,000 and at 100,000 leads; the time of an empty start. `npm run bench -- pipeline [RUNS]`
 */
const command = new Command('npm run bench -- pipeline')
  .description('From import to queryable rows, beside the rate at which chDB alone takes the same rows.')
  .argument('[runs]', 'of the import and of the empty start', wholeNumber, 3);
const [RUNS] = command.parse(process.argv.slice(3), { from: 'user' }).processedArgs as [number];
const SMALL = { leads: 10_000, days: 15, seed: 7 };
const LARGE = { leads: 100_000, days: 1, seed: 7 };
const ROWS_AT_ONCE = 10_000;
const TABLES = [
  'activities_rows',
  'score_changes_rows',
  'stage_changes_rows',
  'leads_rows',
  'triggers_rows',
  'handoffs_rows',
];
const BIN = fileURLToPath(new URL('../../bin/', import.meta.url));

await emptyStandardInput();
const folder = await mkdtemp(join(tmpdir(), 'leadstream-bench-'));
try {
  line('empty start to the first answer, ms (min / median / max)', spread(await repeat(RUNS, emptyStart)));
  const small = await writeEvents(join(folder, 'small.ndjson'), SMALL);
  const runs: Imported[] = [];
  for (let run = 0; run < RUNS; run++) runs.push(await importFile(small, join(folder, `small-${run}`)));
  const rates = runs.map(({ accepted, took }) => (accepted / took) * 1000);
  line(`import of ${runs[0]?.accepted.toLocaleString('en-US')} events, events/s`, spread(rates));
  const raw = await rawInserts(join(folder, 'small-0'));
  line(
    'the same rows into chDB alone, events/s',
    raw.rates.map((rate) => Math.round(rate).toLocaleString('en-US')).join(' / '),
  );
  line('rows per event', raw.rowsPerEvent.toFixed(2));
  line('share of the raw rate', `${((100 * median(rates)) / median(raw.rates)).toFixed(1)} %`);
  const large = await importFile(await writeEvents(join(folder, 'large.ndjson'), LARGE), join(folder, 'large'));
  line(
    `import of ${large.accepted.toLocaleString('en-US')} events of ${LARGE.leads.toLocaleString('en-US')} people, events/s`,
    String(Math.round((large.accepted / large.took) * 1000)),
  );
  for (const [name, { anonymous, chdb }] of [['10,000', runs[0] ?? large] as const, ['100,000', large] as const]) {
    line(
      `most anonymous memory at ${name} people, MB (of it chDB's)`,
      `${megabytes(anonymous).toFixed(0)} (${megabytes(chdb).toFixed(0)})`,
    );
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1.');
  return Number(text);
}

async function repeat(times: number, work: (run: number) => Promise<number>): Promise<number[]> {
  const results: number[] = [];
  for (let run = 0; run < times; run++) results.push(await work(run));
  return results;
}

async function emptyStart(run: number): Promise<number> {
  const began = performance.now();
  const dir = join(folder, `start-${run}`);
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

/** Writes the rows of an import into an empty folder, table by table, and nothing else. */
async function rawInserts(dir: string): Promise<{ readonly rates: number[]; readonly rowsPerEvent: number }> {
  const from = await openClickHouse({ dir: join(dir, 'clickhouse') });
  const tables: { readonly table: string; readonly columns: string[]; readonly rows: (readonly unknown[])[] }[] = [];
  for (const table of TABLES) {
    const described = await from.rows(
      `SELECT name, type FROM system.columns WHERE database = currentDatabase() AND table = '${table}' AND default_kind = '' ORDER BY position`,
    );
    const select = described.map(({ name, type }) =>
      String(type).startsWith('DateTime64') ? `toUnixTimestamp64Milli(${name})` : String(name),
    );
    let text = '';
    for await (const piece of from.query(`SELECT ${select.join(', ')} FROM ${table} FINAL`, 'JSONCompactEachRow'))
      text += Buffer.from(piece).toString();
    const rows = text
      .split('\n')
      .filter((row) => row !== '')
      .map((row) => JSON.parse(row) as readonly unknown[]);
    tables.push({ table, columns: described.map(({ name }) => String(name)), rows });
  }
  await from.close();
  const events = tables[0]?.rows.length ?? 0;
  const rates = await repeat(RUNS, async (run) => {
    const into = await openClickHouse({ dir: join(folder, `raw-${run}`) });
    await migrate(into);
    const began = performance.now();
    for (const { table, columns, rows } of tables) {
      for (let at = 0; at < rows.length; at += ROWS_AT_ONCE)
        await into.insert(table, columns, rows.slice(at, at + ROWS_AT_ONCE));
    }
    const took = performance.now() - began;
    await into.close();
    return (events / took) * 1000;
  });
  return { rates, rowsPerEvent: tables.reduce((sum, { rows }) => sum + rows.length, 0) / Math.max(1, events) };
}
