import type { ClickHouseClient } from '@clickhouse/client';
import { codeOf } from '#lib/clickhouse/faults';
import { createOwnStatements, type Faults } from '#lib/clickhouse/own';
import { FlowError } from '#lib/flow/errors';

/** ClickHouse's codes for a user that it does not know or let in, and for a right that is lacking. */
const NOT_LET_IN = new Set(['192', '193', '194', '195', '516']);
const NOT_GRANTED = '497';

export interface DatabaseOptions {
  /** Any client of the server; its database need not be ours. */
  readonly client: ClickHouseClient;
  readonly faults: Faults;
  readonly database: string;
  readonly user: string;
  /** As people may be shown it. */
  readonly address: string;
}

/**
 * Makes the database unless it is there; several may do so at once. Rejects with a retriable outage if the server does not
 * answer, and for good (`denied`, `missing`) if it does not let the user in, the user may only read, or there is no such
 * database and the user may not make it.
 */
export async function ensureDatabase({ client, faults, database, user, address }: DatabaseOptions): Promise<void> {
  const own = createOwnStatements(
    { run: (work) => work(client) },
    {
      ...faults,
      statement(thrown) {
        if (NOT_LET_IN.has(codeOf(thrown))) {
          return refused(
            'denied',
            `ClickHouse at ${address} does not let user ${user} in: correct the user or the password`,
            thrown,
          );
        }
        if (codeOf(thrown) === NOT_GRANTED) {
          return refused(
            'missing',
            `ClickHouse at ${address} has no database ${database} that user ${user} may use, and the user may not create it: create it, or grant the user its rights`,
            thrown,
          );
        }
        return faults.statement(thrown);
      },
    },
  );
  const [found] = await own.rows(
    "SELECT toUInt8(getSetting('readonly')) AS readonly, (SELECT count() FROM system.databases WHERE name = {database:String}) AS databases",
    { database },
  );
  if (Number(found?.readonly) !== 0) {
    throw refused(
      'denied',
      `user ${user} of ClickHouse at ${address} may only read: take a user whose profile has no readonly`,
    );
  }
  if (Number(found?.databases) === 0) await own.command(`CREATE DATABASE IF NOT EXISTS ${database}`);
}

function refused(code: 'denied' | 'missing', message: string, cause?: unknown): FlowError {
  return new FlowError(code, message, { retriable: false, cause });
}
