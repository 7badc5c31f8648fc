import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TableRow } from '#lib/clickhouse/row';
import { drive } from '#lib/flow/drive';
import { sha256 } from '#lib/hash/sha256';
import { createCompiler } from '#lib/model/compile';
import { readModel, versionOf } from '#lib/model/files';
import { TOPICS } from '#schemas/topics';
import { createAnalyzeTopologies } from '#services/analyze/topology';
import { createScoreTopology } from '#services/score/topology';
import { createStageTopology } from '#services/stage/topology';
import { NOON } from '#test/given/activity';
import { DAY } from '#test/given/event';
import { type JoinStep, LEADS, type Owned, play, steps } from '#test/given/joins';

const files = await readModel('model');
const compile = createCompiler();
const topologies = [
  createScoreTopology({ compile, hash: sha256 }),
  createStageTopology({ compile }),
  ...createAnalyzeTopologies({ hash: sha256, compile }),
];

type Row = TableRow['row'];

/** What happens, through score, stage and analyze, in two partitions. */
function tablesOf(happening: readonly JoinStep[]) {
  const running = drive(topologies, () => 2);
  const everywhere = [0, 1];
  const applied = { model_version: versionOf(files), files, input_offset: 0, own_time: false, identity_key: null };
  for (const partition of everywhere) {
    const value = { ...applied, seq: 1, logged_at: NOON };
    running.publish(TOPICS.activity, { type: 'ModelApplied', value }, 0, partition, null);
  }
  const owned = play(happening, (message, lead) => {
    const partitions = lead === null ? everywhere : [LEADS.indexOf(lead) % 2];
    for (const partition of partitions) running.publish(TOPICS.activity, message, 0, partition, lead);
  });
  const rows = running.rows() as readonly TableRow[];
  return { owned, rows };
}

/** The newest version of each row, by its key. */
function newest(rows: readonly TableRow[], table: string, key: (row: Row) => string): readonly Row[] {
  const last = new Map<string, Row>();
  for (const { row } of rows.filter((one) => one.table === table)) {
    const before = last.get(key(row));
    const isNewer = before === undefined || versionIn(row) >= versionIn(before);
    if (isNewer) last.set(key(row), row);
  }
  return [...last.values()];
}

/** (seq, step) of a row, or the changes of a counter, as a number that grows. */
function versionIn({ seq, step, changes }: Row): number {
  return changes === undefined ? Number(seq) * 1000 + Number(step) : Number(changes);
}

/** Sums by key; those that are 0 are left out. */
function summed(entries: readonly (readonly [key: string, count: number])[]): Readonly<Record<string, number>> {
  const sums = new Map<string, number>();
  for (const [key, count] of entries) sums.set(key, (sums.get(key) ?? 0) + count);
  return Object.fromEntries([...sums].filter(([, count]) => count !== 0));
}

const counting = (owned: readonly Owned[]) => owned.filter(({ bot }) => !bot);

test('tables hold what a batch count of the final attribution gives, whoever was joined, split or renamed', () => {
  fc.assert(
    fc.property(steps, (happening) => {
      const { owned, rows } = tablesOf(happening);

      const activities = newest(rows, 'activities_rows', (row) => `${row.publisher}/${row.event_id}`);
      expect(Object.fromEntries(activities.map((row) => [row.event_id, [row.lead_id, row.excluded]]))).toEqual(
        Object.fromEntries(owned.map(({ activity, owner, bot }) => [activity.event_id, [owner, bot ? 'bot' : '']])),
      );

      const perDay = newest(rows, 'activity_counters_rows', (row) => `${row.partition} ${row.day_number} ${row.name}`);
      expect(summed(perDay.map((row) => [`${row.day_number} ${row.name}`, Number(row.activities)]))).toEqual(
        summed(
          counting(owned).map(({ activity: { name, occurred_at } }) => [`${Math.floor(occurred_at / DAY)} ${name}`, 1]),
        ),
      );

      const leads = newest(rows, 'leads_rows', (row) => String(row.lead_id)).filter((row) => row.deleted === 0);
      expect(summed(leads.map((row) => [String(row.lead_id), Number(row.activities)]))).toEqual(
        summed(counting(owned).map(({ owner }) => [owner, 1])),
      );
      for (const row of leads) {
        const times = counting(owned).filter(({ owner }) => owner === row.lead_id);
        const occurred = times.map(({ activity }) => activity.occurred_at);
        expect([row.first_seen, row.last_seen]).toEqual([Math.min(...occurred), Math.max(...occurred)]);
      }

      const funnel = newest(
        rows,
        'funnel_counters_rows',
        (row) => `${row.partition} ${row.day_number} ${row.stage} ${row.source}`,
      );
      expect(
        summed(funnel.map((row) => [`${row.day_number} ${row.stage} ${row.source}`, Number(row.current)])),
      ).toEqual(
        summed(leads.map((row) => [`${Math.floor(Number(row.stage_since) / DAY)} ${row.stage} ${row.source}`, 1])),
      );
      const visitors = funnel.filter((row) => row.stage === 'visitor');
      expect(summed(visitors.map((row) => [String(row.source), Number(row.entered)]))).toEqual(
        summed(leads.map((row) => [String(row.source), 1])),
      );
    }),
    { numRuns: 300 },
  );
}, 60_000);
