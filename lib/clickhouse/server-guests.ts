import type { ClickHouseClient } from '@clickhouse/client';
import { withoutException } from '#lib/clickhouse/exception';
import type { Guests } from '#lib/clickhouse/guest';
import type { Faults } from '#lib/clickhouse/own';
import { userStatement } from '#lib/clickhouse/statement';
import { FlowError } from '#lib/flow/errors';

/** Runs users' statements on a server. `client` has the settings that keep them reading, and sockets of its own. */
export function createServerGuests(client: ClickHouseClient, faults: Pick<Faults, 'statement'>): Guests {
  const open = new Set<{ destroy(reason?: Error): unknown }>();
  return {
    async *query(sql, format) {
      const statement = userStatement(sql, format);
      try {
        const wanted: Record<string, string> = { default_format: statement.format };
        const { stream, response_headers } = await client.exec({ query: sql, clickhouse_settings: wanted });
        open.add(stream);
        try {
          const tag = response_headers['x-clickhouse-exception-tag'];
          yield* withoutException(stream, typeof tag === 'string' ? tag : undefined);
        } finally {
          open.delete(stream);
          stream.destroy();
        }
      } catch (thrown) {
        throw faults.statement(thrown);
      }
    },
    async close() {
      const closed = new FlowError('closed', 'the connection to ClickHouse was closed', { retriable: false });
      for (const stream of open) stream.destroy(closed);
    },
  };
}
