import { z } from 'zod';
import type { LeadRow } from '#app/dashboard/api';
import { flag, quantity, text, time } from '#app/dashboard/cell';
import type { DashboardPorts } from '#app/dashboard/ports';

const row = z
  .object({
    lead_id: text,
    known: flag,
    email: text,
    score: quantity,
    score_at_ms: time,
    score_exact: flag,
    grade: text,
    stage: text,
    stage_since_ms: time,
    first_seen_ms: time,
    last_seen_ms: time,
    activities: quantity,
    source: text,
    medium: text,
    campaign: text,
  })
  .transform(({ score_at_ms, stage_since_ms, first_seen_ms, last_seen_ms, score_exact, ...rest }): StoredLead => {
    const times = { score_at: score_at_ms, stage_since: stage_since_ms };
    return { row: { ...rest, ...times, first_seen: first_seen_ms, last_seen: last_seen_ms }, exact: score_exact };
  });

/** A lead as the tables tell it; exact: its score is that of now. */
interface StoredLead {
  readonly row: LeadRow;
  readonly exact: boolean;
}

type Ports = Pick<DashboardPorts, 'query' | 'explain' | 'clock'>;

const COLUMNS = `lead_id, toUInt8(known) AS known, email, score, toUnixTimestamp64Milli(score_at) AS score_at_ms,
  toUInt8(score_exact) AS score_exact, grade, stage, toUnixTimestamp64Milli(stage_since) AS stage_since_ms, toUnixTimestamp64Milli(first_seen) AS first_seen_ms,
  toUnixTimestamp64Milli(last_seen) AS last_seen_ms, activities, source, medium, campaign`;

export interface LeadSearch {
  /** Part of an email, or the start of a lead id; empty: all. */
  readonly search: string;
  /** Empty: all. */
  readonly stage: string;
  readonly limit: number;
}

/** Leads and visitors by their scores of now, highest first. */
export async function searchLeads(ports: Ports, wanted: LeadSearch): Promise<LeadRow[]> {
  const sql = `SELECT ${COLUMNS} FROM leads
    WHERE ({search:String} = '' OR positionCaseInsensitiveUTF8(email, {search:String}) > 0
        OR startsWith(lead_id, {search:String}))
      AND ({stage:String} = '' OR stage = {stage:String})
    ORDER BY score_estimate DESC, lead_id LIMIT {limit:UInt32}`;
  const rows = await ofNow(ports, z.array(row).parse(await ports.query(sql, { ...wanted })));
  return rows.sort((a, b) => b.score - a.score || (a.lead_id < b.lead_id ? -1 : 1));
}

export async function readLead(ports: Ports, lead: string): Promise<LeadRow | undefined> {
  const sql = `SELECT ${COLUMNS} FROM leads WHERE lead_id = {lead:String} LIMIT 1`;
  return (await ofNow(ports, z.array(row).parse(await ports.query(sql, { lead }))))[0];
}

/** Where the tables cannot tell the score of now it is explained. */
async function ofNow({ explain, clock }: Ports, stored: readonly StoredLead[]): Promise<LeadRow[]> {
  const at = clock.now();
  return Promise.all(
    stored.map(async ({ row: lead, exact }) => {
      const explained = exact ? undefined : await explain(lead.lead_id, at);
      if (explained === undefined) return lead;
      return { ...lead, score: explained.score, score_at: new Date(explained.at).toISOString() };
    }),
  );
}

const address = z.object({ lead_id: text, email: text });

/** Emails by lead id; leads without one are left out. */
export async function readEmails(
  query: DashboardPorts['query'],
  leads: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (leads.length === 0) return new Map();
  const sql = `SELECT lead_id, email FROM leads WHERE lead_id IN {leads:Array(String)} AND email != ''`;
  const rows = z.array(address).parse(await query(sql, { leads: [...new Set(leads)] }));
  return new Map(rows.map((entry) => [entry.lead_id, entry.email]));
}
