import { join } from 'node:path';
import { analystOf } from '#app/folder/analyst';
import type { KafkaRuntimeSettings } from '#app/kafka/settings';
import { openClickHouse } from '#lib/clickhouse/child/open';
import { USUAL_PORT } from '#lib/clickhouse/child/ports';
import type { ClickHouse } from '#lib/clickhouse/client';
import { connectClickHouse } from '#lib/clickhouse/server';
import { observesClickHouse } from '#lib/operation/clickhouse-state';
import type { Operation } from '#lib/operation/health';

/** The ClickHouse of an instance: the server that is named, else one of its own on its own folder. `say` is told when that is down. */
export async function openAnalysts(
  settings: KafkaRuntimeSettings,
  dir: string,
  { metrics, readiness }: Operation,
  say: (line: string) => void,
): Promise<ClickHouse> {
  if (settings.clickhouse !== undefined) return connectClickHouse(settings.clickhouse);
  const own = await openClickHouse({
    dir: join(dir, 'clickhouse'),
    reader: await analystOf(dir),
    port: USUAL_PORT,
    observer: observesClickHouse(readiness, say),
  });
  metrics.watchClickHouse(own);
  return own;
}
