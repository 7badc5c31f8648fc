import { z } from 'zod';
import type { FunnelStage } from '#app/dashboard/api';
import { quantity, text } from '#app/dashboard/cell';
import type { DashboardPorts } from '#app/dashboard/ports';

/** Shown from the start, at 0, so that a newcomer sees where leads will go. */
const LADDER = ['visitor', 'lead', 'mql', 'sql', 'opportunity', 'customer'];
const BESIDE = new Set(['dormant', 'recycled', 'disqualified']);

const row = z.object({ stage: text, leads: quantity, reached: quantity });

type Row = z.infer<typeof row>;

export async function readFunnel(query: DashboardPorts['query']): Promise<FunnelStage[]> {
  const rows = z.array(row).parse(await query('SELECT stage, leads, reached FROM funnel ORDER BY position, stage', {}));
  return funnelOf(rows);
}

/** The ladder in order, then what is beside it. */
export function funnelOf(rows: readonly Row[]): FunnelStage[] {
  const known = rows.filter((entry) => !BESIDE.has(entry.stage));
  const missing = LADDER.filter((stage) => !known.some((entry) => entry.stage === stage));
  const ladder = [...known, ...missing.map((stage) => ({ stage, leads: 0, reached: 0 }))];
  const places = new Map(LADDER.map((stage, index) => [stage, index]));
  if (ladder.every((entry) => places.has(entry.stage))) {
    ladder.sort((a, b) => (places.get(a.stage) ?? 0) - (places.get(b.stage) ?? 0));
  }
  const beside = rows.filter((entry) => BESIDE.has(entry.stage));
  return [
    ...ladder.map((entry, index) => ({ ...entry, conversion: share(entry, ladder[index - 1]), ladder: true })),
    ...beside.map((entry) => ({ ...entry, conversion: null, ladder: false })),
  ];
}

function share(entry: Row, before: Row | undefined): number | null {
  return before === undefined || before.reached === 0 ? null : entry.reached / before.reached;
}
