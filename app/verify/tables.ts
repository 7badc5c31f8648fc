import type { Findings } from '#app/verify/compare';
import { ExpectedRows, keyOf, SHAPES } from '#app/verify/expected';
import { replay } from '#app/verify/folds';
import type { ClickHouse } from '#lib/clickhouse/client';
import type { TableRow } from '#lib/clickhouse/row';
import type { Log } from '#lib/flow/log';
import { Overlay } from '#lib/flow/table';
import type { FoldTopology } from '#lib/flow/topology';
import { TOPICS } from '#schemas/topics';

/**
 * Recomputes every row of ClickHouse from the log and compares it with the stored one. Rows that a tombstone hides must be
 * hidden. Returns how many rows were compared, by table.
 */
export async function verifyTables(
  topologies: readonly FoldTopology[],
  log: Log,
  clickhouse: Pick<ClickHouse, 'rows' | 'query'>,
  findings: Findings,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const expected = new ExpectedRows();
  for (const topology of topologies) {
    for (let partition = 0; partition < log.partitions(topology.input); partition++) {
      const add = (row: unknown) => expected.add(row as TableRow);
      await replay(
        [topology],
        partition,
        log,
        new Overlay(),
        signal,
        ({ value }) => add(value),
        (machine) => machine.counterRows(partition).forEach(add),
      );
    }
  }
  const counts = new Map<string, number>();
  const hasExpired = (await log.start({ topic: TOPICS.deadLetters, partition: 0 })) > 0;
  for (const [table, rows] of expected.tables) {
    counts.set(
      table.replace(/_rows$/, ''),
      await compareTable(table, rows, { clickhouse, findings, hasExpired, signal }),
    );
  }
  return counts;
}

interface Comparing {
  readonly clickhouse: Pick<ClickHouse, 'rows' | 'query'>;
  readonly findings: Findings;
  /** Some records of rows that outlive the log are gone. */
  readonly hasExpired: boolean;
  readonly signal: AbortSignal;
}

async function compareTable(
  table: string,
  expected: Map<string, TableRow['row']>,
  { clickhouse, findings, hasExpired, signal }: Comparing,
): Promise<number> {
  const shape = SHAPES[table];
  if (shape === undefined) return 0;
  const columns = await columnsOf(table, clickhouse);
  let compared = 0;
  for await (const stored of storedRows(table, columns, clickhouse, signal)) {
    const key = keyOf(shape, stored);
    const row = expected.get(key);
    if (row === undefined && shape.outlivesLog === true && hasExpired) continue;
    expected.delete(key);
    compared++;
    if (row === undefined || row.deleted === 1) findings.add(`table ${table}`, key, stored, undefined);
    else findings.compare(`table ${table}`, key, stored, row);
  }
  for (const [key, row] of expected) if (row.deleted !== 1) findings.add(`table ${table}`, key, undefined, row);
  return compared;
}

/** A column, and the expression that gives its value as rows carry it. */
interface Column {
  readonly name: string;
  readonly select: string;
}

/** How the column is called that a value comes in as Base64 for another one. */
const BASE64 = /_base64$/;

async function columnsOf(table: string, clickhouse: Pick<ClickHouse, 'rows'>): Promise<readonly Column[]> {
  const described = await clickhouse.rows(
    `SELECT name, type, default_kind FROM system.columns WHERE database = currentDatabase() AND table = '${table}' ORDER BY position`,
  );
  const encoded = new Set(
    described.flatMap(({ name, default_kind }) =>
      default_kind === 'EPHEMERAL' ? [String(name).replace(BASE64, '')] : [],
    ),
  );
  return described.flatMap(({ name, type, default_kind }) => {
    const column = String(name);
    if (default_kind === 'MATERIALIZED' || encoded.has(column)) return [];
    if (default_kind === 'EPHEMERAL') return [{ name: column, select: `base64Encode(${column.replace(BASE64, '')})` }];
    return [
      { name: column, select: String(type).includes('DateTime64') ? `toUnixTimestamp64Milli(${column})` : column },
    ];
  });
}

async function* storedRows(
  table: string,
  columns: readonly Column[],
  clickhouse: Pick<ClickHouse, 'query'>,
  signal: AbortSignal,
): AsyncGenerator<Readonly<Record<string, unknown>>> {
  const sql = `SELECT ${columns.map(({ select }) => select).join(', ')} FROM ${table} FINAL SETTINGS output_format_json_quote_64bit_integers = 0`;
  for await (const line of linesOf(clickhouse.query(sql, 'JSONCompactEachRow'))) {
    signal.throwIfAborted();
    const values = JSON.parse(line) as readonly unknown[];
    yield Object.fromEntries(columns.map(({ name }, i) => [name, values[i]]));
  }
}

async function* linesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const piece of bytes) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') yield line;
  }
  if (rest !== '') yield rest;
}
