import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Registry } from 'prom-client';
import type { Log } from '#lib/flow/log';
import type { TaskObserver } from '#lib/flow/task';
import { type ClickHouseServer, clickHouseMetrics } from '#lib/operation/clickhouse-metrics';
import { httpMetrics } from '#lib/operation/http-metrics';
import type { LagSource } from '#lib/operation/lag';
import { lagMetrics } from '#lib/operation/lag-metrics';
import { type LogSizes, logMetrics } from '#lib/operation/log-metrics';
import { observers } from '#lib/operation/observers';
import { outputMetrics } from '#lib/operation/output-metrics';
import { stateMetrics } from '#lib/operation/state-metrics';
import { taskMetrics } from '#lib/operation/task-metrics';
import { createTaskStates } from '#lib/operation/task-states';

export interface MetricsOptions {
  /** The topic whose records are counted as dead letters. */
  readonly deadLetters: string;
  /** ms, never going back; the process's own clock if absent. */
  readonly now?: () => number;
  /** How long a scrape waits for the lag, ms; 2 s if absent. */
  readonly lagWithin?: number;
}

/** The figures of one process, for Prometheus; README.md lists them. */
export interface Metrics {
  /** To be told by every task of the process. */
  readonly observer: TaskObserver;
  /** Asked at each scrape. */
  watchLag(source: LagSource): void;
  /** Asked at each scrape. */
  watchLog(log: LogSizes): void;
  /** Asked at each scrape. */
  watchClickHouse(server: ClickHouseServer): void;
  /** Counts and times the requests of routes that are added to the server after this call. */
  watchHttp(http: FastifyInstance): void;
  /** A log whose `publish` is counted as outputs of a service that has no task. */
  countPublished(service: string, log: Log): Log;
  readonly contentType: string;
  /** Prometheus's text format. */
  text(): Promise<string>;
}

const LAG_WITHIN = 2000;

export function createMetrics({ deadLetters, now, lagWithin = LAG_WITHIN }: MetricsOptions): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const states = createTaskStates();
  const outputs = outputMetrics(registry, deadLetters);
  const tasks = taskMetrics(registry, outputs, now ?? (() => performance.now()));
  stateMetrics(registry, states);
  const logs = logMetrics(registry);
  const clickHouse = clickHouseMetrics(registry);
  const lag = lagMetrics(registry, lagWithin);
  return {
    observer: observers(states.observer, tasks),
    watchLag: lag.watch,
    watchLog: logs.watch,
    watchClickHouse: clickHouse.watch,
    watchHttp: httpMetrics(registry),
    countPublished: outputs.publishing,
    contentType: registry.contentType,
    text: () => registry.metrics(),
  };
}
