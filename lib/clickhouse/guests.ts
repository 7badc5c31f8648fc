import type { ClickHouseClient } from '@clickhouse/client';
import { withoutException } from '#lib/clickhouse/exception';
import { SqlError } from '#lib/clickhouse/faults';
import type { Faults } from '#lib/clickhouse/own';
import { FlowError } from '#lib/flow/errors';

/** Runs users' statements. */
export interface Guests {
  query(sql: string, format: string): AsyncIterable<Uint8Array>;
  /** Answers that are not read to their end fail. */
  close(): Promise<void>;
}

/**
 * Runs users' statements as a user, or with settings, that keep them reading; what that allows is ClickHouse's to say.
 * `current` gives the client to be used now.
 */
export function createGuests(current: () => Promise<ClickHouseClient>, faults: Pick<Faults, 'statement'>): Guests {
  const open = new Set<{ destroy(reason?: Error): unknown }>();
  return {
    async *query(sql, format) {
      if (!/^[A-Za-z]\w*$/.test(format)) throw new SqlError(`${format} is not the name of a format`);
      try {
        const client = await current();
        const wanted: Record<string, string> = { default_format: format };
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
