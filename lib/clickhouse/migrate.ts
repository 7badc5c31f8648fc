import { readdir, readFile } from 'node:fs/promises';
import type { ClickHouse } from '#lib/clickhouse/client';

const FOLDER = new URL('../../infra/clickhouse/', import.meta.url);

/** Whether nothing was ever written here: a new database, or one that was lost. */
export async function isEmpty(clickhouse: Pick<ClickHouse, 'rows'>): Promise<boolean> {
  const [row] = await clickhouse.rows(
    "SELECT count() AS tables FROM system.tables WHERE database = currentDatabase() AND name = 'migrations'",
  );
  return Number(row?.tables) === 0;
}

/**
 * Brings the tables up to date: runs each numbered file of infra/clickhouse that has not run here, in order. A file that
 * was cut short runs again from its start, so every statement in it must bear that. Returns the files that ran.
 */
export async function migrate(clickhouse: Pick<ClickHouse, 'command' | 'rows' | 'insert'>): Promise<readonly string[]> {
  await clickhouse.command(
    'CREATE TABLE IF NOT EXISTS migrations (name String) ENGINE = ReplacingMergeTree ORDER BY name',
  );
  const files = await notRun(clickhouse);
  for (const name of files) {
    for (const statement of statements(await readFile(new URL(name, FOLDER), 'utf8')))
      await clickhouse.command(statement);
    await clickhouse.insert('migrations', ['name'], [[name]]);
  }
  return files;
}

/** Whether the tables are there, and as this version has them. */
export async function isUpToDate(clickhouse: Pick<ClickHouse, 'rows'>): Promise<boolean> {
  return !(await isEmpty(clickhouse)) && (await notRun(clickhouse)).length === 0;
}

async function notRun(clickhouse: Pick<ClickHouse, 'rows'>): Promise<string[]> {
  const done = new Set((await clickhouse.rows('SELECT name FROM migrations FINAL')).map(({ name }) => name));
  return (await readdir(FOLDER)).filter((name) => /^\d{3}_\w+\.sql$/.test(name) && !done.has(name)).sort();
}

/** Statements end with a semicolon at the end of a line; a comment has lines of its own. */
function statements(text: string): string[] {
  return text
    .replace(/^--.*$/gm, '')
    .split(/;[ \t]*(?:\n|$)/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}
