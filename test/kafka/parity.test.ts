import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { askWell, dataFolder, handOver, install, runServices } from '#test/kafka/given';
import { ask } from '#test/process/ask';
import { endAll, leadstream } from '#test/process/command';
import { writeEvents } from '#test/process/events-file';
import { VIEWS } from '#test/process/tables';

afterEach(endAll);

/**
 * What several partitions change: which record of its partition brings the time for a wake-up, whose number and step are
 * the version of a row; and in which order leads of several partitions reach handoff, which is its time and whose turn it
 * is. Nothing else.
 */
const OF_PARTITIONS: Readonly<Record<string, readonly string[]>> = {
  activities: ['step'],
  score_changes: ['seq', 'step'],
  stage_changes: ['seq', 'step'],
  leads: ['seq', 'step'],
  triggers: [],
  handoffs: ['rep', 'logged_at'],
  dead_letters: [],
  funnel: [],
};

/** Every row of every view, as ClickHouse writes it. */
const EVERYTHING = union(
  Object.keys(VIEWS).map((view) => `SELECT '${view}' AS what, ${asRow('*')} AS row FROM ${view}`),
);

const WITHOUT_PARTITIONS = union([
  ...Object.entries(OF_PARTITIONS).map(([view, columns]) => {
    const rest = columns.length === 0 ? '*' : `* EXCEPT (${columns.join(', ')})`;
    return `SELECT '${view}' AS what, ${asRow(rest)} AS row FROM ${view}`;
  }),
  `SELECT 'funnel_counters' AS what, ${asRow('*')} AS row
     FROM (SELECT day, stage, source, sum(entered), sum(current) FROM funnel_counters GROUP BY day, stage, source)`,
  `SELECT 'activity_counters' AS what, ${asRow('*')} AS row
     FROM (SELECT day, name, sum(activities) FROM activity_counters GROUP BY day, name)`,
  inOrder('activities', 'event_id, score_before, score_after, stage_before, stage_after'),
  inOrder('score_changes', 'at, cause, cause_id, score_after'),
  inOrder('stage_changes', 'at, from_stage, to_stage, cause_id'),
]);

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

/** What the running owner of a folder, or else a process of its own, answers. */
async function rows(dir: string, query: string, how: typeof leadstream): Promise<readonly string[]> {
  const { end, out, err } = await how('sql', query, '--data', dir, '--format', 'TSVRaw');
  expect([end, err]).toEqual([0, '']);
  return out.split('\n');
}

/** Imports the file into a new installation; its services run in one process. */
async function imported(file: string, data: string, partitions: number, query: string) {
  const at = await install(partitions);
  const all = await runServices(at, [], data);
  const args = ['--kafka', '--data', data, ...at.flags, '--registry', at.registry, '--json'];
  const { end, out } = await leadstream('import', file, ...args);
  const found = await rows(data, query, ask);
  const verified = await askWell('verify', '--data', data);
  await handOver(all);
  return { end, summary: { ...JSON.parse(out), duration_ms: 0 }, found, verified };
}

test('the same file imported embedded and through Kafka gives the same leads, scores, stages, triggers and funnel', async () => {
  const dir = dataFolder();
  const file = join(dir, 'events.ndjson');
  const { bad } = writeEvents(file, 100, 5, 300);
  const embedded = join(dir, 'embedded');
  const { end, out } = await leadstream('import', file, '--data', embedded, '--json');
  const summary = { ...JSON.parse(out), duration_ms: 0 };
  const everything = await rows(embedded, EVERYTHING, leadstream);
  const withoutPartitions = await rows(embedded, WITHOUT_PARTITIONS, leadstream);
  expect([end, everything.length > 1000, withoutPartitions.length > 1000]).toEqual([0, true, true]);
  expect(everything.filter((row) => row.startsWith('dead_letters\t'))).toHaveLength(bad);

  const [one, four] = await Promise.all([
    imported(file, join(dir, 'one'), 1, EVERYTHING),
    imported(file, join(dir, 'four'), 4, WITHOUT_PARTITIONS),
  ]);
  for (const kafka of [one, four]) {
    expect(kafka).toMatchObject({ end: 0, summary });
    expect(kafka.verified).toMatch(/\nNo differences\.\n$/);
  }
  expect(one.found).toEqual(everything);
  expect(four.found).toEqual(withoutPartitions);
}, 240_000);
