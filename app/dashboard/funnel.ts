import { z } from 'zod';
import type { FunnelStage } from '#app/dashboard/api';
import { quantity, text } from '#app/dashboard/cell';
import type { DashboardPorts } from '#app/dashboard/ports';

const row = z.object({ stage: text, leads: quantity, reached: quantity, kind: text });

type Row = z.infer<typeof row>;

/** The stages of the model in force, also those that nobody has reached, so that a newcomer sees where leads will go. */
export async function readFunnel(query: DashboardPorts['query']): Promise<FunnelStage[]> {
  const sql = 'SELECT stage, leads, reached, kind FROM funnel ORDER BY position, stage';
  return funnelOf(z.array(row).parse(await query(sql, {})));
}

/** The ladder in its order with its conversion, then what is beside it and what the model no longer has. */
export function funnelOf(rows: readonly Row[]): FunnelStage[] {
  const ladder = rows.filter(({ kind }) => kind === 'ladder');
  const others = rows.filter(({ kind }) => kind !== 'ladder');
  return [
    ...ladder.map((entry, rung) => ({ ...entry, conversion: share(entry, ladder[rung - 1]), ladder: true })),
    ...others.map((entry) => ({ ...entry, conversion: null, ladder: false })),
  ].map(({ kind: _, ...stage }) => stage);
}

function share(entry: Row, before: Row | undefined): number | null {
  return before === undefined || before.reached === 0 ? null : entry.reached / before.reached;
}
