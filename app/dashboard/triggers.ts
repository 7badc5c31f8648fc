import { z } from 'zod';
import type { TriggerRow } from '#app/dashboard/api';
import { text, time } from '#app/dashboard/cell';
import { readEmails } from '#app/dashboard/leads';
import type { DashboardPorts } from '#app/dashboard/ports';

const row = z.object({
  trigger_id: text,
  lead_id: text,
  program: text,
  step: text,
  channel: text,
  template: text,
  at_ms: time,
  suppressed_by: text,
});

/** The newest first. */
export async function readTriggers(
  { query, model }: Pick<DashboardPorts, 'query' | 'model'>,
  limit: number,
): Promise<TriggerRow[]> {
  const sql = `SELECT trigger_id, lead_id, program, step, channel, template, toUnixTimestamp64Milli(at) AS at_ms,
    suppressed_by FROM triggers ORDER BY at DESC, trigger_id LIMIT {limit:UInt32}`;
  const rows = z.array(row).parse(await query(sql, { limit }));
  const emails = await readEmails(
    query,
    rows.map((entry) => entry.lead_id),
  );
  const programs = new Map((await model())?.programs.map((program) => [program.id, program.name]));
  return rows.map(({ at_ms, ...rest }) => ({
    ...rest,
    at: at_ms,
    email: emails.get(rest.lead_id) ?? '',
    program_name: programs.get(rest.program) ?? rest.program,
  }));
}
