import { join } from 'node:path';
import type { KafkaRuntimeSettings } from '#app/kafka/settings';
import { type ClickHouse, openClickHouse } from '#lib/clickhouse/client';
import { connectClickHouse } from '#lib/clickhouse/server';

/** The ClickHouse of an instance: the server that is named, else the engine in its own folder. */
export function openAnalysts(settings: KafkaRuntimeSettings, dir: string): Promise<ClickHouse> {
  const { clickhouse } = settings;
  return clickhouse === undefined ? openClickHouse({ dir: join(dir, 'clickhouse') }) : connectClickHouse(clickhouse);
}
