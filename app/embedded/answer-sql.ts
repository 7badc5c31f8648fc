import type { Answer } from '#app/folder/answer';
import type { ClickHouse } from '#lib/clickhouse/client';

/** Writes the rows as the tables give them in `format`; stops when the answer's signal is aborted. */
export async function answerSql(
  tables: Pick<ClickHouse, 'query'>,
  query: string,
  format: string,
  { signal, out }: Pick<Answer, 'signal' | 'out'>,
): Promise<void> {
  for await (const piece of tables.query(query, format)) {
    signal.throwIfAborted();
    await out(piece);
  }
}
