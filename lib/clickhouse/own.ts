import type { Lender } from '#lib/clickhouse/lender';

/** What Leadstream itself asks of ClickHouse. */
export interface OwnStatements {
  /** Resolves when the rows are acknowledged. Rejects with an outage, or with a SqlError if the rows cannot fit. */
  insert(table: string, columns: readonly string[], rows: readonly (readonly unknown[])[]): Promise<void>;
  /** Runs a statement that defines tables. */
  command(sql: string): Promise<void>;
  /** The project's own small reads, with `{name:Type}` parameters, as objects by column. Numbers beyond 2^53 lose digits. */
  rows(sql: string, params?: Readonly<Record<string, unknown>>): Promise<readonly Readonly<Record<string, unknown>>[]>;
}

/** What an error of a client means. */
export interface Faults {
  insert(table: string, thrown: unknown): Error;
  statement(thrown: unknown): Error;
}

/** The same statements on every ClickHouse. */
export function createOwnStatements({ run }: Pick<Lender, 'run'>, faults: Faults): OwnStatements {
  const refuse = (thrown: unknown): never => {
    throw faults.statement(thrown);
  };
  return {
    async insert(table, columns, rows) {
      const [first, ...rest] = columns;
      if (rows.length === 0 || first === undefined) return;
      try {
        // A format that is one JSON text as a whole: the client encodes it at once, not row by row.
        const values = { meta: [], data: rows };
        await run((client) => client.insert({ table, columns: [first, ...rest], values, format: 'JSONCompact' }));
      } catch (thrown) {
        throw faults.insert(table, thrown);
      }
    },
    async command(sql) {
      await run((client) => client.command({ query: sql })).catch(refuse);
    },
    rows: (sql, params = {}) =>
      run(async (client) => {
        const answer = await client.query({ query: sql, query_params: { ...params }, format: 'JSONEachRow' });
        return answer.json<Record<string, unknown>>();
      }).catch(refuse),
  };
}
