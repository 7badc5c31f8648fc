import type { ClickHouse } from '#lib/clickhouse/client';
import type { TableRow } from '#lib/clickhouse/row';
import type { Sink } from '#lib/flow/ports';

/** Rows of one insert, at most; bounds the memory of a write. */
const LARGEST_INSERT = 10_000;

interface Waiting {
  readonly rows: readonly TableRow[];
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Writes rows into their tables. What tasks write while an insert is under way goes together into the next one: few
 * large inserts, however many tasks. Rejects with a retriable outage; some of the rows may then be in already.
 */
export function createClickHouseSink(clickhouse: Pick<ClickHouse, 'insert'>): Sink<TableRow> {
  let waiting: Waiting[] = [];
  let busy = false;

  async function work(): Promise<void> {
    if (busy) return;
    busy = true;
    while (waiting.length > 0) {
      const together = waiting;
      waiting = [];
      try {
        await insertAll(clickhouse, together);
        for (const { resolve } of together) resolve();
      } catch (thrown) {
        for (const { reject } of together) reject(thrown);
      }
    }
    busy = false;
  }

  return {
    write: (rows) =>
      new Promise((resolve, reject) => {
        waiting.push({ rows, resolve, reject });
        void work();
      }),
  };
}

async function insertAll(clickhouse: Pick<ClickHouse, 'insert'>, together: readonly Waiting[]): Promise<void> {
  for (const [table, rows] of byTable(together)) {
    const columns = Object.keys(rows[0] ?? {});
    for (let from = 0; from < rows.length; from += LARGEST_INSERT) {
      const values = rows.slice(from, from + LARGEST_INSERT).map((row) => Object.values(row));
      await clickhouse.insert(table, columns, values);
    }
  }
}

/** Rows by table, without those that a later row of the same key replaces. */
function byTable(together: readonly Waiting[]): Map<string, TableRow['row'][]> {
  const tables = new Map<string, { readonly rows: TableRow['row'][]; readonly places: Map<string, number> }>();
  for (const { rows } of together) {
    for (const { table, key, row } of rows) {
      let into = tables.get(table);
      if (into === undefined) {
        into = { rows: [], places: new Map() };
        tables.set(table, into);
      }
      const place = key === undefined ? undefined : into.places.get(key);
      if (place === undefined) {
        if (key !== undefined) into.places.set(key, into.rows.length);
        into.rows.push(row);
      } else {
        into.rows[place] = row;
      }
    }
  }
  return new Map(Array.from(tables, ([table, { rows }]) => [table, rows]));
}
