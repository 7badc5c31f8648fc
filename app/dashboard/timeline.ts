import { z } from 'zod';
import type { StageChange, TimelineActivity } from '#app/dashboard/api';
import { quantity, text, time } from '#app/dashboard/cell';
import type { DashboardPorts } from '#app/dashboard/ports';

const activity = z
  .object({
    event_id: text,
    name: text,
    occurred_at_ms: time,
    cause: text,
    url: text,
    path: text,
    title: text,
    source: text,
    campaign: text,
    properties: text,
    score_before: quantity,
    score_after: quantity,
    stage_before: text,
    stage_after: text,
  })
  .transform(({ occurred_at_ms, ...rest }): TimelineActivity => ({ ...rest, occurred_at: occurred_at_ms }));

/** A lead's activities, newest first. */
export async function readTimeline(
  query: DashboardPorts['query'],
  lead: string,
  limit: number,
): Promise<TimelineActivity[]> {
  const sql = `SELECT event_id, name, toUnixTimestamp64Milli(occurred_at) AS occurred_at_ms, toString(cause) AS cause,
    url, path, title, source, campaign, properties, score_before, score_after, stage_before, stage_after
    FROM activities WHERE lead_id = {lead:String} ORDER BY occurred_at DESC, event_id LIMIT {limit:UInt32}`;
  return z.array(activity).parse(await query(sql, { lead, limit }));
}

const change = z
  .object({ from_stage: text, to_stage: text, reason: text, at_ms: time })
  .transform(({ at_ms, ...rest }): StageChange => ({ ...rest, at: at_ms }));

/** A lead's way through the stages, newest first, at most 200 steps. */
export async function readStageChanges(query: DashboardPorts['query'], lead: string): Promise<StageChange[]> {
  const sql = `SELECT from_stage, to_stage, reason, toUnixTimestamp64Milli(at) AS at_ms FROM stage_changes
    WHERE lead_id = {lead:String} ORDER BY seq DESC, step DESC, move DESC LIMIT 200`;
  return z.array(change).parse(await query(sql, { lead }));
}
