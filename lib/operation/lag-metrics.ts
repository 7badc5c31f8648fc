import { Counter, Gauge, type Registry } from 'prom-client';
import type { Lag, LagSource } from '#lib/operation/lag';

/**
 * The lag, asked for when it is scraped. A source that rejects or takes longer than `limit` (ms) leaves its partitions out
 * of the scrape, rather than failing it or telling an old figure.
 */
export function lagMetrics(registry: Registry, limit: number): { watch(source: LagSource): void } {
  const sources: (() => Promise<readonly Lag[]>)[] = [];
  const unknown = new Counter({
    name: 'leadstream_lag_failures_total',
    help: 'Scrapes that found out no lag: the log did not answer in time',
    registers: [registry],
  });
  new Gauge({
    name: 'leadstream_lag_records',
    help: 'Offsets between the committed position and the end of the log',
    labelNames: ['service', 'topic', 'partition'] as const,
    registers: [registry],
    async collect() {
      const found = await Promise.allSettled(sources.map((source) => within(limit, source())));
      this.reset();
      for (const answer of found) {
        if (answer.status === 'rejected') unknown.inc();
        else
          for (const { service, topic, partition, lag } of answer.value) this.set({ service, topic, partition }, lag);
      }
    },
  });
  return { watch: (source) => void sources.push(oneAtATime(source)) };
}

/** Scrapes that come while the source is still asked wait for the same answer. */
function oneAtATime(source: LagSource): LagSource {
  let asked: Promise<readonly Lag[]> | undefined;
  return async () => {
    asked ??= source().finally(() => {
      asked = undefined;
    });
    return asked;
  };
}

async function within<Value>(limit: number, answer: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${limit} ms`)), limit);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
