import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import type { ServerProcess } from '#lib/clickhouse/child/start';
import { FlowError, messageOf, outage } from '#lib/flow/errors';
import { withResolvers } from '#lib/flow/resolvers';

/** Before a server that has ended is started again, ms: at once, then longer each time that it has not stood for a while. */
const PAUSES = [0, 250, 1_000, 3_000, 10_000];
/** A server that has answered for so long counts as one that stands, ms. */
const STANDS = 30_000;
/** ms */
const PATIENCE = 5_000;

export interface KeepOptions<Connection> {
  readonly start: () => Promise<ServerProcess>;
  readonly connect: (server: ServerProcess) => Connection;
  /** What was asked on it has failed or fails. */
  readonly disconnect: (connection: Connection) => Promise<void>;
  readonly observer: KeptObserver;
  /** How long work waits for a server that is being started again before it is told of an outage, ms. */
  readonly patience?: number;
}

export interface KeptObserver {
  /** It has ended, or could not be started again, and will be: why, in one plain line. */
  down?(reason: string): void;
  /** It answers again. */
  up?(server: ServerProcess): void;
}

/** A server that is started again whenever it ends. */
export interface KeptServer<Connection> {
  /** Waits a while for one that is being started; rejects with an outage then, and for good after `close`. */
  connection(): Promise<Connection>;
  /** Undefined: it has ended, and is started again. */
  server(): ServerProcess | undefined;
  /** Times that it was started again. */
  restarts(): number;
  /** Ends one that cannot go on as it is; it is started again as any other. Once at a time. */
  renew(): Promise<void>;
  close(): Promise<void>;
}

/** Rejects as `start` does if the first start fails. */
export async function keepServer<Connection>(options: KeepOptions<Connection>): Promise<KeptServer<Connection>> {
  const { start, connect, disconnect, observer, patience = PATIENCE } = options;
  const closing = new AbortController();
  let running: { readonly server: ServerProcess; readonly connection: Connection } | undefined;
  let restarts = 0;
  let reason = 'it has not been started yet';
  let wake = withResolvers();

  function runs(server: ServerProcess): void {
    running = { server, connection: connect(server) };
    wake.resolve();
  }

  async function keep(): Promise<void> {
    let failures = 0;
    while (running !== undefined) {
      const { server, connection } = running;
      const since = performance.now();
      reason = await server.ended;
      running = undefined;
      wake = withResolvers();
      // Whatever was asked on it has its answer by now, or none.
      await disconnect(connection).catch(() => {});
      if (closing.signal.aborted) return;
      failures = performance.now() - since < STANDS ? failures : 0;
      observer.down?.(reason);
      for (; running === undefined; failures++) {
        await sleep(PAUSES[Math.min(failures, PAUSES.length - 1)], undefined, { signal: closing.signal }).catch(
          () => {},
        );
        if (closing.signal.aborted) return;
        try {
          const next = await start();
          restarts++;
          runs(next);
          // It may have been closed meanwhile, which has not seen this one.
          if (closing.signal.aborted) await next.end();
          else observer.up?.(next);
        } catch (thrown) {
          reason = messageOf(thrown);
          observer.down?.(reason);
        }
      }
    }
  }

  runs(await start());
  const kept = keep();
  return {
    async connection() {
      if (running === undefined && !closing.signal.aborted) {
        const waited = new AbortController();
        await Promise.race([
          wake.promise,
          sleep(patience, undefined, { signal: AbortSignal.any([waited.signal, closing.signal]) }).catch(() => {}),
        ]);
        waited.abort();
      }
      if (closing.signal.aborted) {
        throw new FlowError('closed', 'the connection to ClickHouse is closed', { retriable: false });
      }
      if (running === undefined) throw outage('ClickHouse does not run, and is started again', new Error(reason));
      return running.connection;
    },
    server: () => running?.server,
    restarts: () => restarts,
    async renew() {
      const ending = running?.server;
      await ending?.end();
      // `keep` sees it end, too: whoever asks from here on waits for the next.
      while (ending !== undefined && running?.server === ending) await setImmediate();
    },
    async close() {
      closing.abort();
      await running?.server.end();
      await kept;
    },
  };
}
