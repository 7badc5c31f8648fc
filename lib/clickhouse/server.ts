import { rootCertificates } from 'node:tls';
import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { readAddress } from '#lib/clickhouse/address';
import { type ClickHouse, closeConnection, createClickHouse } from '#lib/clickhouse/client';
import { ensureDatabase } from '#lib/clickhouse/database';
import { serverFaults } from '#lib/clickhouse/server-faults';
import { GUEST_SILENCE, GUESTS, INSERTING, OWN_SILENCE, READING } from '#lib/clickhouse/settings';

/** The database of an installation on a server unless another is named. */
export const DEFAULT_DATABASE = 'leadstream';

/** What users' statements may use on the server, bytes each. */
const GUEST_MEMORY = 2 * 1024 ** 3;

/** PEM texts; without `ca` the certificate authorities that Node trusts. `cert` and `key` go together. */
export interface ClickHouseTls {
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

export interface ClickHouseServerOptions {
  /** http://host:8123 or https://host:8443: of a server, or of what balances a cluster's load. */
  readonly url: string;
  /** `default` if neither this nor the URL names one. It may write and must not have a read-only profile. */
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  /** Where names without a database are looked up; made if it is missing and the user may. */
  readonly database?: string | undefined;
  /** Only for https. */
  readonly tls?: ClickHouseTls | undefined;
}

/**
 * Connects to a ClickHouse server. Inserts wait until the server has written them, to as many replicas as the user's
 * `insert_quorum` says; users' statements cannot write. Rejects with a retriable outage that names the URL if the server
 * does not answer, and for good if it does not let the user in, or the database is missing and cannot be made.
 */
export async function connectClickHouse(options: ClickHouseServerOptions): Promise<ClickHouse> {
  const address = readAddress(options.url);
  const user = options.user ?? address.user ?? 'default';
  const database = nameOf(options.database ?? DEFAULT_DATABASE);
  const connection = {
    url: address.origin,
    pathname: address.pathname,
    username: user,
    password: options.password ?? address.password ?? '',
    application: 'leadstream',
    request_timeout: OWN_SILENCE,
    log: { level: ClickHouseLogLevel.OFF },
    ...tlsOf(options.tls),
  };
  const faults = serverFaults(address.shown);

  // Not through our database, which may be missing, nor through `default`, which may have been dropped.
  const scout = createClient({ ...connection, database: 'system' });
  try {
    await ensureDatabase({ client: scout, faults, database, user, address: address.shown });
  } finally {
    await scout.close();
  }

  const servers = {
    own: createClient({
      ...connection,
      database,
      clickhouse_settings: { ...INSERTING, ...READING, wait_end_of_query: 1 },
    }),
    guests: createClient({
      ...connection,
      database,
      request_timeout: GUEST_SILENCE,
      // Who leaves an answer ends its statement.
      clickhouse_settings: {
        ...GUESTS,
        // They are this same user, and read all the same.
        readonly: '1',
        max_memory_usage: String(GUEST_MEMORY),
        cancel_http_readonly_queries_on_client_close: 1,
      },
    }),
  };
  return createClickHouse(
    async () => servers,
    faults,
    () => closeConnection(servers),
  );
}

function tlsOf(tls: ClickHouseTls | undefined) {
  if (tls?.ca === undefined && tls?.cert === undefined && tls?.key === undefined) return {};
  const ca_cert = Buffer.from(tls.ca ?? rootCertificates.join('\n'));
  if (tls.cert === undefined && tls.key === undefined) return { tls: { ca_cert } };
  if (tls.cert === undefined || tls.key === undefined) {
    throw new Error('a client certificate for ClickHouse has two parts: give both cert and key');
  }
  return { tls: { ca_cert, cert: Buffer.from(tls.cert), key: Buffer.from(tls.key) } };
}

function nameOf(database: string): string {
  if (/^[A-Za-z_]\w*$/.test(database)) return database;
  throw new Error(`${database} is not a name of a database: use letters, digits and _, no digit first`);
}
