import { leadstream } from '#test/process/command';

/** The views that analysts see, each with the key that orders it. */
export const VIEWS: Readonly<Record<string, string>> = {
  activities: 'publisher, event_id',
  score_changes: 'change_id',
  stage_changes: 'change_id',
  leads: 'lead_id',
  triggers: 'trigger_id',
  handoffs: 'handoff_id',
  dead_letters: 'dead_letter_id',
  joins: 'join_seq',
  funnel: 'position',
  funnel_counters: 'partition, day, stage, source',
  activity_counters: 'partition, day, name',
  ladders: 'model_version',
};

/** Columns that tell of the moment at which they are read; what they are made of is in leads_rows. */
export const OF_NOW: readonly string[] = ['score', 'score_at', 'score_exact', 'score_estimate'];

/** What goes on fading is left out of a comparison. */
const LASTING: Readonly<Record<string, string>> = {
  leads: `* EXCEPT (${OF_NOW.join(', ')})`,
};

/** All rows of all views as one text: by view, then key, every value as ClickHouse writes it, but scores of now. */
export async function allTables(dir: string): Promise<string> {
  const parts = Object.entries(VIEWS).map(
    ([view, key]) =>
      `SELECT '${view}' AS view, toString((${key})) AS key, formatRowNoNewline('JSONCompactEachRow', ${LASTING[view] ?? '*'}) AS row FROM ${view}`,
  );
  return query(dir, `SELECT view, key, row FROM (${parts.join(' UNION ALL ')}) ORDER BY view, key, row`, 'TSVRaw');
}

/** The rows of a query, as objects. */
export async function rowsOf(dir: string, sql: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const text = await query(dir, sql, 'JSONEachRow');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Readonly<Record<string, unknown>> => JSON.parse(line));
}

async function query(dir: string, sql: string, format: string): Promise<string> {
  const { end, out, err } = await leadstream('sql', sql, '--data', dir, '--format', format);
  if (end !== 0) throw new Error(`sql ended with ${end}: ${err}`);
  return out;
}
