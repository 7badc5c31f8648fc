import { equal } from 'node:assert/strict';
import { join } from 'node:path';
import { openClickHouse } from '#lib/clickhouse/child/open';
import type { ClickHouse } from '#lib/clickhouse/client';
import { migrate } from '#lib/clickhouse/migrate';

const ROWS_AT_ONCE = 10_000;
const TABLES = [
  'activities_rows',
  'score_changes_rows',
  'stage_changes_rows',
  'leads_rows',
  'triggers_rows',
  'handoffs_rows',
];

interface Table {
  readonly table: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

/**
 * Writes the rows of an import in a data folder into empty folders below `into`, table by table, and nothing else. Rates
 * are of the events that the rows are of, per second. Rejects when a row is lost.
 */
export async function rawInserts(
  dir: string,
  into: string,
  runs: number,
): Promise<{ readonly rates: readonly number[]; readonly rowsPerEvent: number }> {
  const from = await openClickHouse({ dir: join(dir, 'clickhouse') });
  const tables: Table[] = [];
  for (const table of TABLES) tables.push(await readTable(from, table));
  await from.close();
  const events = tables[0]?.rows.length ?? 0;
  const rates: number[] = [];
  for (let run = 0; run < runs; run++) {
    const took = await insertAll(join(into, `raw-${run}`), tables);
    rates.push((events / took) * 1000);
  }
  return { rates, rowsPerEvent: tables.reduce((sum, { rows }) => sum + rows.length, 0) / Math.max(1, events) };
}

/** ms */
async function insertAll(dir: string, tables: readonly Table[]): Promise<number> {
  const into = await openClickHouse({ dir });
  await migrate(into);
  const began = performance.now();
  for (const { table, columns, rows } of tables) {
    for (let at = 0; at < rows.length; at += ROWS_AT_ONCE)
      await into.insert(table, columns, rows.slice(at, at + ROWS_AT_ONCE));
  }
  const took = performance.now() - began;
  for (const { table, rows } of tables) {
    const [found] = await into.rows(`SELECT count() AS rows FROM ${table} FINAL`);
    equal(Number(found?.rows), rows.length, `rows in ${table}`);
  }
  await into.close();
  return took;
}

async function readTable(from: ClickHouse, table: string): Promise<Table> {
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
  return { table, columns: described.map(({ name }) => String(name)), rows };
}
