import type { Embedded, EmbeddedConnection } from '#lib/clickhouse/embedded';
import type { Lender } from '#lib/clickhouse/own';
import { createTurns } from '#lib/clickhouse/turns';

/** One connection, used by one piece of work at a time. */
export interface Lane extends Lender {
  close(): Promise<void>;
}

/**
 * Opens a lane. After a failure it goes on with a new connection: chDB 3.4 puts what a failed statement has printed
 * before the answer of the connection's next one.
 */
export async function openLane(engine: Embedded, settings: readonly string[]): Promise<Lane> {
  const turns = createTurns();
  let connection: EmbeddedConnection | undefined = await engine.connect(settings);
  return {
    run: (work) =>
      turns.run(async () => {
        connection ??= await engine.connect(settings);
        try {
          return await work(connection.client);
        } catch (thrown) {
          const failed = connection;
          connection = undefined;
          await failed.close();
          throw thrown;
        }
      }),
    async close() {
      await turns.idle();
      await connection?.close();
    },
  };
}
