import { Counter, Gauge, type Registry } from 'prom-client';

/** A ClickHouse server that this process has started. */
export interface ClickHouseServer {
  state(): Promise<{
    /** Undefined: it has ended, and is started again. */
    readonly pid: number | undefined;
    readonly restarts: number;
    /** Memory in RAM, bytes. */
    readonly residentBytes: number | undefined;
  }>;
}

/** Figures of the ClickHouse server that this process has started, if it has, looked up when they are scraped. */
export function clickHouseMetrics(registry: Registry): { watch(server: ClickHouseServer): void } {
  let server: ClickHouseServer | undefined;
  const registers = [registry];
  new Gauge({
    name: 'leadstream_clickhouse_up',
    help: 'Whether the ClickHouse server of this process runs',
    registers,
    async collect() {
      const state = await server?.state();
      if (state !== undefined) this.set(state.pid === undefined ? 0 : 1);
    },
  });
  new Counter({
    name: 'leadstream_clickhouse_restarts_total',
    help: 'Times that the ClickHouse server of this process had ended and was started again',
    registers,
    async collect() {
      const state = await server?.state();
      this.reset();
      if (state !== undefined) this.inc(state.restarts);
    },
  });
  new Gauge({
    name: 'leadstream_clickhouse_resident_bytes',
    help: 'Memory of the ClickHouse server of this process',
    registers,
    async collect() {
      const state = await server?.state();
      if (state !== undefined) this.set(state.residentBytes ?? 0);
    },
  });
  return {
    watch(watched) {
      server = watched;
    },
  };
}
