import type { ClickHouseClient } from '@clickhouse/client';
import type { Lender } from '#lib/clickhouse/own';
import { FlowError } from '#lib/flow/errors';

/** Lends one client to many pieces of work at once. */
export interface ServerLender extends Lender {
  /** Waits for what is under way; later work is rejected. */
  close(): Promise<void>;
}

export function createServerLender(client: ClickHouseClient): ServerLender {
  const underWay = new Set<Promise<unknown>>();
  let closed = false;
  return {
    async run(work) {
      if (closed) throw new FlowError('closed', 'the connection to ClickHouse is closed', { retriable: false });
      const result = work(client);
      const over: Promise<unknown> = result.catch(() => undefined).finally(() => underWay.delete(over));
      underWay.add(over);
      return result;
    },
    async close() {
      closed = true;
      await Promise.all(underWay);
      await client.close();
    },
  };
}
