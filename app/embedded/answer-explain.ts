import { z } from 'zod';
import type { ExplainQuestion } from '#app/cli/ports';
import type { Explanation, StageHeld } from '#app/cli/reports';
import type { Explainer } from '#app/embedded/explainer';
import { readNextStages } from '#app/next-stage/next-stage';
import type { ClickHouse } from '#lib/clickhouse/client';
import { systemClock } from '#lib/clock/system';

type Tables = Pick<ClickHouse, 'rows'>;

/** Answers the command; undefined: no such lead. Without tables the stage, and what is missing for the next, is not known. */
export async function answerExplain(
  explainer: Explainer,
  tables: Tables | undefined,
  { lead, at, asPublished }: ExplainQuestion,
): Promise<Explanation | undefined> {
  const time = at === 'now' ? systemClock.now() : at;
  if (asPublished) {
    const published = await explainer.explainPublished(lead, time);
    return published && { ...published, stage: null, outlook: null, next_stages: null };
  }
  const known = explainer.explain(lead, time);
  if (known === undefined) return undefined;
  const outlook = explainer.outlook(lead, time) ?? null;
  if (tables === undefined) return { ...known, outlook, stage: null, next_stages: null };
  const model = explainer.models.current(explainer.inForce());
  const [stage, next_stages] = await Promise.all([
    stageAt(tables, known.lead_id, time),
    model === undefined ? [] : readNextStages((sql, params) => tables.rows(sql, params), model, known),
  ]);
  return { ...known, outlook, stage, next_stages };
}

const row = z.object({ stage: z.string(), since: z.coerce.number(), visits: z.coerce.number(), reason: z.string() });

/** As the tables tell it: the stage entered last by then. */
async function stageAt(tables: Tables, lead: string, at: number): Promise<StageHeld | null> {
  const sql = `SELECT to_stage AS stage, toUnixTimestamp64Milli(at) AS since, reason,
      count() OVER (PARTITION BY to_stage) AS visits
    FROM stage_changes WHERE lead_id = {lead:String} AND toUnixTimestamp64Milli(at) <= {at:Int64}
    ORDER BY seq DESC, step DESC, move DESC LIMIT 1`;
  const [held] = z.array(row).parse(await tables.rows(sql, { lead, at }));
  return held ?? null;
}
