import { resolve } from 'node:path';
import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { healing } from '#lib/clickhouse/child/healing';
import { type KeptObserver, keepServer } from '#lib/clickhouse/child/keep';
import { newPassword } from '#lib/clickhouse/child/password';
import { ProvenAgent } from '#lib/clickhouse/child/proven-agent';
import { type ServerProcess, startServer } from '#lib/clickhouse/child/start';
import { OWNER, type User } from '#lib/clickhouse/child/users';
import { type ClickHouse, type Connection, closeConnection, createClickHouse } from '#lib/clickhouse/client';
import { serverFaults } from '#lib/clickhouse/server-faults';
import {
  DEFAULT_MEMORY,
  GUEST_SILENCE,
  INSERTING,
  type MemoryLimits,
  OWN_SILENCE,
  READING,
} from '#lib/clickhouse/settings';
import { residentBytes } from '#lib/process/memory';

/** The database of a folder's tables. */
const DATABASE = 'default';

export interface ClickHouseOptions {
  /** Folder of the tables; one server at a time. */
  readonly dir: string;
  /** Who may read, also from outside; left out: nobody but through `query`. */
  readonly reader?: User | undefined;
  readonly memory?: MemoryLimits;
  /** Where it answers HTTP on 127.0.0.1: at this port, or the next that is free; 0 or left out: any. */
  readonly port?: number | undefined;
  readonly observer?: KeptObserver;
}

/** A server of our own, as those who run it see it. */
export interface ClickHouseState {
  /** Undefined: it has ended, and is started again. */
  readonly pid: number | undefined;
  /** http://127.0.0.1:8123 */
  readonly url: string | undefined;
  /** Times that it was started again. */
  readonly restarts: number;
  /** Memory in RAM, bytes. */
  readonly residentBytes: number | undefined;
}

export interface OwnClickHouse extends ClickHouse {
  state(): Promise<ClickHouseState>;
}

/**
 * Starts a ClickHouse server in a process of its own on a folder, and again whenever it ends: what is asked meanwhile waits some
 * seconds, then fails with a retriable outage. Rejects with an outage if the folder cannot be used, and for good where there is no
 * ClickHouse.
 */
export async function openClickHouse(options: ClickHouseOptions): Promise<OwnClickHouse> {
  const { memory = DEFAULT_MEMORY, observer = {} } = options;
  const owner: User = { name: OWNER, password: newPassword() };
  const reader: User = options.reader ?? { name: 'reader', password: newPassword() };
  // Users outside know its port: it keeps it when it is started again, unless it is taken.
  let port = options.port ?? 0;
  const kept = await keepServer<Connection>({
    async start() {
      const server = await startServer({ dir: resolve(options.dir), owner, reader, memory, port });
      port = server.port;
      return server;
    },
    connect: (server) => connect(server, owner, reader),
    disconnect: closeConnection,
    observer,
  });
  const faults = serverFaults('127.0.0.1');
  return {
    ...healing(
      createClickHouse(
        () => kept.connection(),
        faults,
        () => kept.close(),
      ),
      () => kept.renew(),
    ),
    async state() {
      const server = kept.server();
      return {
        pid: server?.pid,
        url: server && urlOf(server),
        restarts: kept.restarts(),
        residentBytes: server && (await residentBytes(server.pid)),
      };
    },
  };
}

function connect(server: ServerProcess, owner: User, reader: User): Connection {
  const common = {
    url: urlOf(server),
    database: DATABASE,
    application: 'leadstream',
    log: { level: ClickHouseLogLevel.OFF },
  };
  const agent = () => new ProvenAgent(server.port, server.proof);
  return {
    own: createClient({
      ...common,
      username: owner.name,
      password: owner.password,
      request_timeout: OWN_SILENCE,
      http_agent: agent(),
      clickhouse_settings: { ...INSERTING, ...READING, wait_end_of_query: 1 },
    }),
    guests: createClient({
      ...common,
      username: reader.name,
      password: reader.password,
      request_timeout: GUEST_SILENCE,
      http_agent: agent(),
      // Who leaves an answer ends its statement.
      clickhouse_settings: { cancel_http_readonly_queries_on_client_close: 1 },
    }),
  };
}

function urlOf({ port }: ServerProcess): string {
  return `http://127.0.0.1:${port}`;
}
