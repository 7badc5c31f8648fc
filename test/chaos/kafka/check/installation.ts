import { join } from 'node:path';
import { verifyInstallation } from '#app/kafka/verify';
import { Findings } from '#app/verify/compare';
import { openClickHouse } from '#lib/clickhouse/child/open';
import type { Log } from '#lib/flow/log';
import { recordsOf } from '#lib/flow/merge';
import { createCompiler } from '#lib/model/compile';
import type { ReadTopic, Report } from '#test/chaos/kafka/check/promises';
import { checkStores } from '#test/chaos/kafka/check/stores';
import type { Fleet } from '#test/chaos/kafka/fleet/fleet';
import type { Layout } from '#test/chaos/kafka/fleet/layout';
import { pipelineOf } from '#test/chaos/kafka/settings';

export interface InstallationOptions {
  readonly log: Log;
  /** Nobody runs any more. */
  readonly fleet: Fleet;
  readonly layout: Layout;
  /** What Kafka's own consumer has read. */
  readonly read: readonly ReadTopic[];
  readonly report: Report;
  /** Ends the comparison. */
  readonly signal: AbortSignal;
}

/** More stores than anyone reads about. */
const MOST_FINDINGS = 200;

/**
 * Recomputes topics, stores and tables from the log in a plain run and compares; reads the log as services do, which must
 * give what Kafka's own consumer gives. Returns what was compared, and how much of it.
 */
export async function checkInstallation(options: InstallationOptions): Promise<ReadonlyMap<string, number>> {
  const { log, fleet, layout, read, report, signal } = options;
  const counts = new Map<string, number>();
  for (const topic of read) counts.set(`offsets of ${topic.topic}`, await checkOffsets(topic, log, report, signal));

  const pipeline = pipelineOf(log);
  const findings = new Findings(MOST_FINDINGS);
  const folders = fleet.instances.map(({ stores }) => stores);
  const { chained } = layout;
  counts.set('stores', await checkStores({ folders, pipeline, chained, log, findings, report, signal }));

  const compile = createCompiler();
  const clickhouse = await openClickHouse({ dir: join(fleet.at('analyze').data, 'clickhouse') });
  try {
    const { compared, differences } = await verifyInstallation(
      { log, pipeline, compile, clickhouse },
      signal,
      () => {},
    );
    for (const { what, count } of compared) counts.set(what, count);
    for (const { where, key, stored, recomputed } of [...findings.differences, ...differences]) {
      report(`${where} ${key}: stored ${stored || 'nothing'}, recomputed ${recomputed || 'nothing'}`);
    }
  } finally {
    await clickhouse.close();
  }
  return counts;
}

/** The adapter gives the records that Kafka's own consumer gives. */
async function checkOffsets(
  { topic, offsets }: ReadTopic,
  log: Log,
  report: Report,
  signal: AbortSignal,
): Promise<number> {
  let count = 0;
  for (let partition = 0; partition < log.partitions(topic); partition++) {
    const at = { topic, partition };
    const expected = offsets[partition] ?? [];
    const reader = log.reader(at, 0);
    const found: number[] = [];
    try {
      for await (const { offset } of recordsOf({ reader, end: await log.end(at) }, signal)) found.push(offset);
    } finally {
      await reader.close();
    }
    const first = Array.from({ length: Math.max(found.length, expected.length) }).findIndex(
      (_, i) => found[i] !== expected[i],
    );
    if (first !== -1) {
      report(`${topic}/${partition}: the adapter gives offset ${found[first]}, Kafka's consumer ${expected[first]}`);
    }
    count += found.length;
  }
  return count;
}
