import { type ClickHouseClient, createClient } from '@clickhouse/client';
import { drainPending, Session } from 'chdb';
import { createChdbConnection } from 'chdb/connection';
import { messageOf, outage } from '#lib/flow/errors';

/** A connection to the engine in this process. One statement at a time. */
export interface EmbeddedConnection {
  readonly client: ClickHouseClient;
  /** The answer in pieces, each a complete text of the format. */
  pieces(sql: string, format: string): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

/** The engine in this process. */
export interface Embedded {
  /** `settings` hold for this connection, e.g. readonly=1. */
  connect(settings: readonly string[]): Promise<EmbeddedConnection>;
  /** Resolves when the folder is free again. Close the connections first. */
  close(): Promise<void>;
}

/**
 * Opens the engine on a folder; a process has one folder at a time, a folder one process. The first connection carries
 * the engine's arguments, which chdb/connection cannot pass; later ones share its engine.
 */
export function openEmbedded(path: string, engineArguments: readonly string[]): Embedded {
  const engine = attempt(path, () => new Session(path, { connectionArgs: engineArguments }));
  return {
    async connect(settings) {
      const connection = attempt(path, () => createChdbConnection({ path }));
      const client = createClient({ connection: asConnection(connection) });
      await client.command({ query: `SET ${settings.join(', ')}` });
      return {
        client,
        async *pieces(sql, format) {
          for await (const piece of connection.chdb.queryStream(sql, { format })) yield piece.raw();
        },
        close: () => client.close(),
      };
    },
    async close() {
      engine.close();
      await drainPending();
    },
  };
}

type Connection = NonNullable<NonNullable<Parameters<typeof createClient>[0]>['connection']>;

/** It has the client's interface, but declared by a second copy of the client's types. */
function asConnection(connection: ReturnType<typeof createChdbConnection>): Connection {
  return connection as unknown as Connection;
}

function attempt<Result>(path: string, open: () => Result): Result {
  try {
    return open();
  } catch (thrown) {
    const line = messageOf(thrown).split('\n', 1).join('');
    throw outage(`cannot open ${path} (is another process using it?)`, new Error(line, { cause: thrown }));
  }
}
