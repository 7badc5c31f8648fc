import { z } from 'zod';
import type { StageFacts } from '#lib/model/missing';
import type { StageLadder } from '#lib/model/model';

/** Rows of a SELECT with `{name:Type}` parameters, as objects by column name. */
export type Query = (sql: string, params: Record<string, unknown>) => Promise<readonly unknown[]>;

/** What the score says of a lead at a time (ms). */
export interface Judged {
  readonly lead_id: string;
  readonly at: number;
  readonly score: number;
  readonly grade: string;
  readonly disqualified: string | null;
}

const lead = z.object({ known: z.coerce.boolean(), first_seen_ms: z.coerce.number() });
const entry = z.object({ to_stage: z.string(), at_ms: z.coerce.number() });
const done = z.object({ name: z.string(), last_ms: z.coerce.number() });

/**
 * What a lead's next stage is judged on, with its stage at that time as the tables tell it; `known` is as of now. undefined while
 * the tables do not know the lead.
 */
export async function readStageFacts(
  query: Query,
  { initial, isOwn }: Pick<StageLadder, 'initial' | 'isOwn'>,
  { lead_id, at, score, grade, disqualified }: Judged,
): Promise<StageFacts | undefined> {
  const params = { lead: lead_id, at };
  const [leads, entries, behaviours] = await Promise.all([
    query(LEAD, params).then((rows) => z.array(lead).parse(rows)),
    query(ENTRIES, params).then((rows) => z.array(entry).parse(rows)),
    query(DONE, params).then((rows) => z.array(done).parse(rows)),
  ]);
  const [row] = leads;
  if (row === undefined) return undefined;
  const [last] = entries;
  const visits: Record<string, number> = { [initial]: 1 };
  for (const { to_stage } of entries) visits[to_stage] = (visits[to_stage] ?? 0) + 1;
  const own = behaviours.filter(({ name }) => isOwn(name)).map(({ last_ms }) => last_ms);
  return {
    stage: last?.to_stage ?? initial,
    since: last?.at_ms ?? row.first_seen_ms,
    visits,
    known: row.known,
    score,
    grade,
    disqualified,
    quietSince: own.length === 0 ? row.first_seen_ms : Math.max(...own),
    at,
  };
}

const LEAD = `SELECT known, toUnixTimestamp64Milli(first_seen) AS first_seen_ms FROM leads WHERE lead_id = {lead:String}`;

/** The newest first. */
const ENTRIES = `SELECT to_stage, toUnixTimestamp64Milli(at) AS at_ms FROM stage_changes
  WHERE lead_id = {lead:String} AND toUnixTimestamp64Milli(at) <= {at:Int64} ORDER BY seq DESC, step DESC, move DESC`;

const DONE = `SELECT name, max(toUnixTimestamp64Milli(occurred_at)) AS last_ms FROM activities
  WHERE lead_id = {lead:String} AND excluded = '' AND toUnixTimestamp64Milli(occurred_at) <= {at:Int64} GROUP BY name`;
