import { z } from 'zod';
import type { FunnelStage, Stats } from '#app/dashboard/api';
import { quantity } from '#app/dashboard/cell';
import type { DashboardPorts } from '#app/dashboard/ports';
import type { RateMeter } from '#app/dashboard/rate';

const counts = z.object({ events: quantity, dead_letters: quantity });

/** Totals, and the rate that the meter makes of them. Visitors are those on the lowest rung of the ladder. */
export async function readStats(
  { query, clock }: Pick<DashboardPorts, 'query' | 'clock'>,
  meter: RateMeter,
  funnel: readonly FunnelStage[],
): Promise<Stats> {
  const sql = `SELECT (SELECT sum(activities) FROM activity_counters) AS events,
    (SELECT count() FROM dead_letters) AS dead_letters`;
  const [row] = z.array(counts).parse(await query(sql, {}));
  const events = row?.events ?? 0;
  const everyone = funnel.reduce((sum, stage) => sum + stage.leads, 0);
  const visitors = funnel.find(({ ladder }) => ladder)?.leads ?? 0;
  return {
    events,
    leads: everyone - visitors,
    visitors,
    dead_letters: row?.dead_letters ?? 0,
    rate: meter.measure(clock.now(), events),
  };
}
