import { z } from 'zod';
import type { StageChange, TimelineActivity, TimelineEntry, TimelineScoreChange } from '#app/dashboard/api';
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
  .transform(({ occurred_at_ms, ...rest }): TimelineActivity => {
    return { kind: 'activity', ...rest, occurred_at: occurred_at_ms };
  });

const scoreChange = z
  .object({
    change_id: text,
    at_ms: time,
    cause: text,
    rules: z.array(text),
    score_before: quantity,
    score_after: quantity,
    delta: quantity,
  })
  .transform(({ at_ms, ...rest }): TimelineScoreChange => ({ kind: 'score_change', ...rest, at: at_ms }));

/**
 * What a lead did and what else changed its score, newest first, at most `limit` entries: without the latter the score would
 * jump between two activities, and nobody could tell why.
 */
export async function readTimeline(
  query: DashboardPorts['query'],
  lead: string,
  limit: number,
): Promise<TimelineEntry[]> {
  const [activities, changes] = await Promise.all([
    query(ACTIVITIES, { lead, limit }).then((rows) => z.array(activity).parse(rows)),
    query(SCORE_CHANGES, { lead, limit }).then((rows) => z.array(scoreChange).parse(rows)),
  ]);
  return [...changes, ...activities].sort((a, b) => timeOf(b) - timeOf(a)).slice(0, limit);
}

const ACTIVITIES = `SELECT event_id, name, toUnixTimestamp64Milli(occurred_at) AS occurred_at_ms, toString(cause) AS cause,
  url, path, title, source, campaign, properties, score_before, score_after, stage_before, stage_after
  FROM activities WHERE lead_id = {lead:String} ORDER BY occurred_at DESC, event_id LIMIT {limit:UInt32}`;

const SCORE_CHANGES = `SELECT change_id, toUnixTimestamp64Milli(at) AS at_ms, toString(cause) AS cause, rules, score_before,
  score_after, delta FROM score_changes WHERE lead_id = {lead:String} AND cause != 'activity'
  ORDER BY at DESC, seq DESC, step DESC LIMIT {limit:UInt32}`;

function timeOf(entry: TimelineEntry): number {
  return Date.parse(entry.kind === 'activity' ? entry.occurred_at : entry.at);
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
