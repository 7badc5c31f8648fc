import type { ClickHouseClient } from '@clickhouse/client';
import { FlowError } from '#lib/flow/errors';

/** Lends a client to many pieces of work at once. */
export interface Lender {
  run<Result>(work: (client: ClickHouseClient) => Promise<Result>): Promise<Result>;
  /** Waits for what is under way; later work is rejected. */
  close(): Promise<void>;
}

/** `current` gives the client to be used now; what it rejects with, the work does. */
export function createLender(current: () => Promise<ClickHouseClient>): Lender {
  const underWay = new Set<Promise<unknown>>();
  let closed = false;
  return {
    async run(work) {
      if (closed) throw new FlowError('closed', 'the connection to ClickHouse is closed', { retriable: false });
      const result = current().then(work);
      const over: Promise<unknown> = result.catch(() => undefined).finally(() => underWay.delete(over));
      underWay.add(over);
      return result;
    },
    async close() {
      closed = true;
      await Promise.all(underWay);
    },
  };
}
