import type { ClickHouse } from '#lib/clickhouse/client';

/** A stage of the model in force: the ladder from the bottom, then those beside it, then former ones that leads are still in. */
export interface FunnelStage {
  readonly stage: string;
  /** Leads and visitors that are in it now. */
  readonly leads: number;
  /** Leads and visitors that ever were in it or, on the ladder, beyond it. */
  readonly reached: number;
}

/** Stages and their order as the tables have them. None before a model came into force. */
export async function readFunnel(clickhouse: Pick<ClickHouse, 'rows'>): Promise<readonly FunnelStage[]> {
  const rows = await clickhouse.rows('SELECT stage, leads, reached FROM funnel ORDER BY position, stage');
  return rows.map(({ stage, leads, reached }) => ({
    stage: String(stage),
    leads: Number(leads),
    reached: Number(reached),
  }));
}
