import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { FlowError } from '#lib/flow/errors';
import type { InputPosition } from '#lib/flow/position';
import type { TaskObserver } from '#lib/flow/task';
import type { OutputMetrics } from '#lib/operation/output-metrics';
import { readTaskName, type TaskName } from '#lib/operation/task-name';
import { createTiming, type Timing } from '#lib/operation/timing';

const LABELS = ['service', 'partition'] as const;

/** From half a millisecond, an embedded commit, to an insert into a busy ClickHouse, seconds. */
const BATCH_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** From a store that is up to date to one that is rebuilt from a large log, seconds. */
const OPEN_BUCKETS = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3600];

/** A task that is here. */
interface Known {
  readonly labels: TaskName;
  readonly timing: Timing;
  positions: readonly InputPosition[];
}

/** Counts and times what tasks do: throughput, commits, pauses, fences. `now` in ms, never going back. */
export function taskMetrics(registry: Registry, outputs: OutputMetrics, now: () => number): TaskObserver {
  const tasks = new Map<string, Known>();
  const registers = [registry];
  const counter = (name: string, help: string) => new Counter({ name, help, labelNames: LABELS, registers });
  const histogram = (name: string, help: string, buckets: number[]) =>
    new Histogram({ name, help, buckets, labelNames: LABELS, registers });

  const records = counter('leadstream_records_total', 'Input records committed');
  const rows = counter('leadstream_rows_total', 'Rows written into ClickHouse');
  const fences = counter('leadstream_fences_total', 'Times that another instance took the task over while it ran here');
  const pauses = new Counter({
    name: 'leadstream_pauses_total',
    help: 'Outages waited out',
    labelNames: [...LABELS, 'code'] as const,
    registers,
  });
  const open = histogram('leadstream_open_seconds', 'Time to open the task, restoring included', OPEN_BUCKETS);
  const fold = histogram('leadstream_fold_seconds', 'Time to run a batch in memory', BATCH_BUCKETS);
  const commit = histogram('leadstream_commit_seconds', 'Time to commit a batch', BATCH_BUCKETS);
  new Gauge({
    name: 'leadstream_position',
    help: 'Offset of the next record to read, as committed',
    labelNames: ['service', 'topic', 'partition'] as const,
    registers,
    collect() {
      this.reset();
      for (const { labels, positions } of tasks.values()) {
        for (const { topic, partition, position } of positions) {
          this.set({ service: labels.service, topic, partition }, position.offset);
        }
      }
    },
  });

  /** What was under way before is no part of the next batch; all counters are there from the start. */
  function begin(task: string): Known {
    const labels = readTaskName(task);
    const fresh: Known = { labels, timing: createTiming(now), positions: tasks.get(task)?.positions ?? [] };
    for (const one of [records, rows, fences]) one.inc({ ...labels }, 0);
    outputs.begin(labels);
    tasks.set(task, fresh);
    return fresh;
  }

  const known = (task: string): Known => tasks.get(task) ?? begin(task);

  return {
    opening: (task) => void begin(task),
    opened(task, { positions, took }) {
      const here = known(task);
      here.positions = positions;
      open.observe({ ...here.labels }, took / 1000);
    },
    turned: (task, to) => known(task).timing.turned(to),
    committed(task, batch) {
      const here = known(task);
      const { folding, committing } = here.timing.committed();
      const labels = { ...here.labels };
      here.positions = batch.positions;
      fold.observe(labels, folding / 1000);
      commit.observe(labels, committing / 1000);
      records.inc(labels, batch.records);
      if (batch.rows > 0) rows.inc(labels, batch.rows);
      outputs.wrote(here.labels, batch.byTopic);
    },
    paused(task, error) {
      pauses.inc({ ...known(task).labels, code: error instanceof FlowError ? error.code : 'unknown' });
    },
    closed: (task) => void tasks.delete(task),
    failed: (task) => void tasks.delete(task),
    fenced(task) {
      fences.inc({ ...known(task).labels });
      tasks.delete(task);
    },
  };
}
