import { z } from 'zod';
import type { FunnelStage, Stats } from '#app/dashboard/api';
import { quantity } from '#app/dashboard/cell';
import type { DashboardPorts } from '#app/dashboard/ports';
import type { RateMeter } from '#app/dashboard/rate';

const counts = z.object({ events: quantity, dead_letters: quantity, open_joins: quantity, oldest_join: quantity });

/** Totals, and the rate that the meter makes of them. Visitors are those on the lowest rung of the ladder. */
export async function readStats(
  { query, clock }: Pick<DashboardPorts, 'query' | 'clock'>,
  meter: RateMeter,
  funnel: readonly FunnelStage[],
): Promise<Stats> {
  const sql = `SELECT (SELECT sum(activities) FROM activity_counters) AS events,
    (SELECT count() FROM dead_letters) AS dead_letters,
    (SELECT (count(), toUnixTimestamp64Milli(min(opened_at))) FROM joins WHERE closed_at IS NULL) AS waiting,
    waiting.1 AS open_joins, waiting.2 AS oldest_join`;
  const [row] = z.array(counts).parse(await query(sql, {}));
  const events = row?.events ?? 0;
  const openJoins = row?.open_joins ?? 0;
  const everyone = funnel.reduce((sum, stage) => sum + stage.leads, 0);
  const visitors = funnel.find(({ ladder }) => ladder)?.leads ?? 0;
  return {
    events,
    leads: everyone - visitors,
    visitors,
    dead_letters: row?.dead_letters ?? 0,
    open_joins: openJoins,
    oldest_join: openJoins === 0 ? null : new Date(row?.oldest_join ?? 0).toISOString(),
    rate: meter.measure(clock.now(), events),
  };
}
