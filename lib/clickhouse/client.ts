import type { ClickHouseClient } from '@clickhouse/client';
import { createGuests } from '#lib/clickhouse/guests';
import { createLender } from '#lib/clickhouse/lender';
import { createOwnStatements, type Faults, type OwnStatements } from '#lib/clickhouse/own';

/** The database for analysts. Our reads wait neither behind inserts nor behind users' statements. */
export interface ClickHouse extends OwnStatements {
  /**
   * A user's statement: the answer's bytes in the given format of ClickHouse, as they come. It may do what ClickHouse grants
   * readers. Fails with a SqlError, nearly always before the first bytes. Read it to its end, or leave the loop.
   */
  query(sql: string, format: string): AsyncIterable<Uint8Array>;
  /** Waits for what is under way; answers that are not read to their end fail. */
  close(): Promise<void>;
}

/** Two clients of one server. */
export interface Connection {
  /** Leadstream's own. */
  readonly own: ClickHouseClient;
  /** For users' statements: with a user or settings that keep them reading, and sockets of its own. */
  readonly guests: ClickHouseClient;
}

/** `current` gives the connection to be used now; `close` is called when nothing is under way any more. */
export function createClickHouse(
  current: () => Promise<Connection>,
  faults: Faults,
  close: () => Promise<void>,
): ClickHouse {
  const own = createLender(async () => (await current()).own);
  const guests = createGuests(async () => (await current()).guests, faults);
  return {
    ...createOwnStatements(own, faults),
    query: (sql, format) => guests.query(sql, format),
    async close() {
      await Promise.all([guests.close(), own.close()]);
      await close();
    },
  };
}

export async function closeConnection({ own, guests }: Connection): Promise<void> {
  await Promise.all([own.close(), guests.close()]);
}
