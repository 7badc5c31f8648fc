import { z } from 'zod';
import type { HandoffRow } from '#app/dashboard/api';
import { quantity, text, time } from '#app/dashboard/cell';
import { readEmails } from '#app/dashboard/leads';
import type { DashboardPorts } from '#app/dashboard/ports';

const row = z.object({
  handoff_id: text,
  lead_id: text,
  rep: text,
  reason: text,
  score: quantity,
  at_ms: time,
  suppressed_by: text,
});

/** The newest first. */
export async function readHandoffs(
  { query, model }: Pick<DashboardPorts, 'query' | 'model'>,
  limit: number,
): Promise<HandoffRow[]> {
  const sql = `SELECT handoff_id, lead_id, rep, reason, score, toUnixTimestamp64Milli(at) AS at_ms, suppressed_by
    FROM handoffs ORDER BY at DESC, handoff_id LIMIT {limit:UInt32}`;
  const rows = z.array(row).parse(await query(sql, { limit }));
  const emails = await readEmails(
    query,
    rows.map((entry) => entry.lead_id),
  );
  const reps = new Map((await model())?.routing.reps.map((rep) => [rep.id, rep.name]));
  return rows.map(({ at_ms, ...rest }) => ({
    ...rest,
    at: at_ms,
    email: emails.get(rest.lead_id) ?? '',
    rep_name: reps.get(rest.rep) ?? rest.rep,
  }));
}
