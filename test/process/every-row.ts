import { OF_NOW, VIEWS } from '#test/process/tables';

/**
 * What several partitions change: which record of its partition brings the time for a wake-up, whose number and step are
 * the version of a row. Nothing else.
 */
const OF_PARTITIONS: Readonly<Record<string, readonly string[]>> = {
  activities: ['step'],
  score_changes: ['seq', 'step'],
  stage_changes: ['seq', 'step'],
  leads: ['seq', 'step'],
  triggers: [],
  handoffs: [],
  dead_letters: [],
  joins: [],
  funnel: [],
  ladders: [],
};

/** What scores of now are made of; the scores themselves fade between one look and the next. */
const FADING = `SELECT 'fading' AS what, ${asRow('lead_id, fading')} AS row FROM leads_rows FINAL`;

/** Asks for every row of every view, as ClickHouse writes it: columns `what` and `row`. */
export const EVERYTHING = union([...Object.keys(VIEWS).map((view) => rowsWithout(view, [])), FADING]);

/** The same without what depends on how many partitions there are: equal in any two installations that got the same events. */
export const WITHOUT_PARTITIONS = union([
  ...Object.entries(OF_PARTITIONS).map(([view, columns]) => rowsWithout(view, columns)),
  FADING,
  `SELECT 'funnel_counters' AS what, ${asRow('*')} AS row
     FROM (SELECT day, stage, source, sum(entered), sum(current) FROM funnel_counters GROUP BY day, stage, source)`,
  `SELECT 'activity_counters' AS what, ${asRow('*')} AS row
     FROM (SELECT day, name, sum(activities) FROM activity_counters GROUP BY day, name)`,
  inOrder('activities', 'event_id, score_before, score_after, stage_before, stage_after'),
  inOrder('score_changes', 'at, cause, cause_id, score_after'),
  inOrder('stage_changes', 'at, from_stage, to_stage, cause_id'),
]);

/** All rows of a view that are the same whenever it is read, without these columns. */
function rowsWithout(view: string, columns: readonly string[]): string {
  const without = view === 'leads' ? [...columns, ...OF_NOW] : columns;
  const rest = without.length === 0 ? '*' : `* EXCEPT (${without.join(', ')})`;
  return `SELECT '${view}' AS what, ${asRow(rest)} AS row FROM ${view}`;
}

/** A lead's rows in the order in which they came about, one row for each lead. */
function inOrder(view: string, columns: string): string {
  const rows = `SELECT * FROM ${view} ORDER BY lead_id, seq, step${view === 'stage_changes' ? ', move' : ''}`;
  return `SELECT '${view} in order' AS what, ${asRow('*')} AS row
    FROM (SELECT lead_id, groupArray((${columns})) FROM (${rows}) GROUP BY lead_id)`;
}

function asRow(columns: string): string {
  return `formatRowNoNewline('JSONCompactEachRow', ${columns})`;
}

function union(queries: readonly string[]): string {
  return `SELECT what, row FROM (${queries.join(' UNION ALL ')}) ORDER BY what, row`;
}
