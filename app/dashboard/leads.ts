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
  .transform(({ score_at_ms, stage_since_ms, first_seen_ms, last_seen_ms, ...rest }): LeadRow => {
    const times = { score_at: score_at_ms, stage_since: stage_since_ms };
    return { ...rest, ...times, first_seen: first_seen_ms, last_seen: last_seen_ms };
  });

const COLUMNS = `lead_id, toUInt8(known) AS known, email, score, toUnixTimestamp64Milli(score_at) AS score_at_ms, grade,
  stage, toUnixTimestamp64Milli(stage_since) AS stage_since_ms, toUnixTimestamp64Milli(first_seen) AS first_seen_ms,
  toUnixTimestamp64Milli(last_seen) AS last_seen_ms, activities, source, medium, campaign`;

export interface LeadSearch {
  /** Part of an email, or the start of a lead id; empty: all. */
  readonly search: string;
  /** Empty: all. */
  readonly stage: string;
  readonly limit: number;
}

/** Leads and visitors by score, highest first. */
export async function searchLeads(query: DashboardPorts['query'], wanted: LeadSearch): Promise<LeadRow[]> {
  const sql = `SELECT ${COLUMNS} FROM leads
    WHERE ({search:String} = '' OR positionCaseInsensitiveUTF8(email, {search:String}) > 0
        OR startsWith(lead_id, {search:String}))
      AND ({stage:String} = '' OR stage = {stage:String})
    ORDER BY score DESC, lead_id LIMIT {limit:UInt32}`;
  return z.array(row).parse(await query(sql, { ...wanted }));
}

export async function readLead(query: DashboardPorts['query'], lead: string): Promise<LeadRow | undefined> {
  const sql = `SELECT ${COLUMNS} FROM leads WHERE lead_id = {lead:String} LIMIT 1`;
  return z.array(row).parse(await query(sql, { lead }))[0];
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
