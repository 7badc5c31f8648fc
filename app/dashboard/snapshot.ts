import type { Snapshot, Stats } from '#app/dashboard/api';
import { readFunnel } from '#app/dashboard/funnel';
import { readHandoffs } from '#app/dashboard/handoffs';
import type { DashboardPorts } from '#app/dashboard/ports';
import { createRateMeter } from '#app/dashboard/rate';
import { readStats } from '#app/dashboard/stats';
import { readTriggers } from '#app/dashboard/triggers';

const NEWEST = 10;

/** What everybody who watches sees: read once, sent to all. */
export interface SnapshotReader {
  snapshot(): Promise<Snapshot>;
  stats(): Promise<Stats>;
}

export function createSnapshotReader(ports: Pick<DashboardPorts, 'query' | 'model' | 'clock'>): SnapshotReader {
  const meter = createRateMeter();
  return {
    async snapshot() {
      const funnel = await readFunnel(ports.query);
      const [triggers, handoffs, stats] = await Promise.all([
        readTriggers(ports, NEWEST),
        readHandoffs(ports, NEWEST),
        readStats(ports, meter, funnel),
      ]);
      return { at: new Date(ports.clock.now()).toISOString(), funnel, triggers, handoffs, stats };
    },
    async stats() {
      return readStats(ports, meter, await readFunnel(ports.query));
    },
  };
}
