import { comesInPieces, withOneHeader } from '#lib/clickhouse/answer';
import type { Embedded, EmbeddedConnection } from '#lib/clickhouse/embedded';
import { queryFault } from '#lib/clickhouse/faults';
import { userStatement } from '#lib/clickhouse/statement';
import { createTurns } from '#lib/clickhouse/turns';

/** Runs users' statements. */
export interface Guests {
  query(sql: string, format: string): AsyncIterable<Uint8Array>;
  /** Waits for the piece under way; answers that are not read to their end fail. */
  close(): Promise<void>;
}

/** Each statement has a connection of its own; their work takes turns, piece by piece, so that other work is not starved. */
export function createGuests(engine: Embedded, settings: readonly string[]): Guests {
  const turns = createTurns();
  const open = new Set<EmbeddedConnection>();

  async function* inTurns(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const iterator = pieces[Symbol.asyncIterator]();
    try {
      for (;;) {
        const next = await turns.run(() => iterator.next());
        if (next.done === true) return;
        yield next.value;
      }
    } finally {
      await iterator.return?.();
    }
  }

  async function* answer(
    connection: EmbeddedConnection,
    sql: string,
    { selects, format }: ReturnType<typeof userStatement>,
  ): AsyncGenerator<Uint8Array> {
    if (selects && comesInPieces(format)) {
      yield* withOneHeader(format, inTurns(connection.pieces(sql, format)));
      return;
    }
    const wanted: Record<string, string> = { default_format: format };
    const whole = await turns.run(() => connection.client.exec({ query: sql, clickhouse_settings: wanted }));
    for await (const chunk of whole.stream) yield chunk;
  }

  return {
    async *query(sql, format) {
      const statement = userStatement(sql, format);
      const connection = await engine.connect(settings);
      open.add(connection);
      try {
        yield* answer(connection, sql, statement);
      } catch (thrown) {
        throw queryFault(thrown);
      } finally {
        if (open.delete(connection)) await connection.close();
      }
    },
    async close() {
      await turns.idle();
      const left = [...open];
      open.clear();
      await Promise.all(left.map((connection) => connection.close()));
    },
  };
}
