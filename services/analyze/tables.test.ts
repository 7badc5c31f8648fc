import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openClickHouse } from '#lib/clickhouse/child/open';
import type { ClickHouse } from '#lib/clickhouse/client';
import { migrate } from '#lib/clickhouse/migrate';
import type { TableRow } from '#lib/clickhouse/row';
import { createClickHouseSink } from '#lib/clickhouse/sink';
import { FoldMachine } from '#lib/flow/fold-machine';
import { START } from '#lib/flow/position';
import { Overlay } from '#lib/flow/table';
import type { Activity, Staged } from '#schemas/generated/records';
import type { StageMessage } from '#schemas/topics';
import {
  applies,
  compileStages,
  contribution,
  DAY,
  did,
  isTableRow,
  lost,
  merged,
  STAGES,
  staged,
} from '#services/analyze/given';
import { createAnalyzeTopologies } from '#services/analyze/topology';
import { activity, NOON } from '#test/given/activity';
import { createFactsBook } from '#test/given/facts-of';
import { stageMove } from '#test/given/model';

const KEYS = {
  activities: 'publisher, event_id',
  score_changes: 'change_id',
  stage_changes: 'change_id',
  leads: 'lead_id',
  funnel_counters: 'partition, day, stage, source',
  activity_counters: 'partition, day, name',
  trait_counters: 'partition, day, trait',
  costs: 'publisher, event_id',
  joins: 'join_seq',
  funnel: 'position',
  ladders: 'model_version',
  stages: 'position',
};
/** What a moment later reads otherwise is left out. */
const COLUMNS: Readonly<Record<string, string>> = { leads: '* EXCEPT (score, score_at, score_estimate)' };
const ANNA = 'visitor-anna';
const BOB = 'lead-bob';

/** Anna browses for two months, then turns out to be Bob: her visits move to him, and she is merged away. */
function anna(): Activity[] {
  return Array.from({ length: 40 }, (_, i) =>
    activity({ lead_id: ANNA, event_id: `a${i}`, seq: 2 * i, occurred_at: NOON + i * 1.5 * DAY, source: 'google' }),
  );
}

const score = { after: 10, added: [contribution()] };
const toLead = [stageMove({ from_stage: 'visitor', to_stage: 'lead', reason: 'known', at: NOON + 70 * DAY })];

const PARTITIONS: readonly (readonly Staged[])[] = [
  [
    ...anna().map((one) => did(one, {}, score)),
    staged({ lead_id: 'visitor-carl', seq: 90, stage_after: 'dormant' }),
    ...anna().map((one, i) => lost(one, 100 + 2 * i)),
    merged(ANNA, 300),
  ],
  [
    did(
      activity({ lead_id: BOB, event_id: 'b0', seq: 99, known: true, source: 'bing', occurred_at: NOON + 70 * DAY }),
      {
        known: true,
        moves: toLead,
        stage_after: 'lead',
      },
    ),
    ...anna().map((one, i) =>
      did({ ...one, lead_id: BOB, seq: 101 + 2 * i, cause: 'move' }, { known: true, stage_after: 'lead' }, score),
    ),
  ],
];

/** The commits of a task that ends a batch after every `size` records. */
function* commits(partition: number, size: number): Generator<TableRow[]> {
  const [topology] = createAnalyzeTopologies({ hash: (text) => `#${text}`, compile: compileStages });
  if (topology === undefined) throw new Error('no topology');
  const table = new Overlay();
  const happened = (PARTITIONS[partition] ?? [])
    .map(createFactsBook())
    .map((value): StageMessage => ({ type: 'Staged', value }));
  const records = [applies(STAGES), ...happened];
  let position = START;
  for (let from = 0; from < records.length; from += size) {
    const machine = new FoldMachine([topology], table, position);
    const rows: unknown[] = [];
    records.slice(from, from + size).forEach((message, i) => {
      machine.begin(from + i, message);
      while (machine.busy) for (const emitted of machine.step()) rows.push(emitted.value);
    });
    yield [...machine.counterRows(partition), ...rows].filter(isTableRow);
    table.apply(machine.changes());
    position = machine.position;
  }
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'leadstream-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function text(clickhouse: ClickHouse, sql: string): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of clickhouse.query(sql, 'TabSeparatedWithNames')) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

/** What analysts read after `writes` have been written, in their order, into empty tables, and after `then`. */
async function tablesAfter(
  name: string,
  writes: readonly (readonly TableRow[])[],
  then: (clickhouse: ClickHouse) => Promise<void> = async () => {},
): Promise<Record<string, string>> {
  const clickhouse = await openClickHouse({ dir: join(folder, name) });
  try {
    await migrate(clickhouse);
    const sink = createClickHouseSink(clickhouse);
    for (const rows of writes) await sink.write(rows);
    await then(clickhouse);
    const tables: Record<string, string> = {};
    for (const [table, key] of Object.entries(KEYS)) {
      tables[table] = await text(clickhouse, `SELECT ${COLUMNS[table] ?? '*'} FROM ${table} ORDER BY ${key}`);
    }
    return tables;
  } finally {
    await clickhouse.close();
  }
}

test('tables are the same however the log was cut into commits, and whatever was written again', async () => {
  const whole = [...commits(0, 1000), ...commits(1, 1000)];
  const expected = await tablesAfter('whole', whole);
  const single = [...commits(0, 1), ...commits(1, 1)];
  expect(await tablesAfter('single', single)).toEqual(expected);
  // Cut short half-way, begun again from the start with other cuts; each commit's rows came twice.
  const begun = [...commits(1, 7), ...commits(0, 7)].slice(0, 12);
  const again = [...commits(0, 13), ...commits(1, 5)].flatMap((rows) => [rows, rows]);
  expect(await tablesAfter('again', [...begun, ...again])).toEqual(expected);
  // An instance that was replaced, but does not know it yet, writes late.
  expect(await tablesAfter('late', [...whole, ...begun])).toEqual(expected);
}, 120_000);

test('migrations that run again keep every row as it is', async () => {
  const writes = [...commits(0, 1000), ...commits(1, 1000)];
  const again = await tablesAfter('migrated', writes, async (clickhouse) => {
    await clickhouse.command('TRUNCATE TABLE migrations');
    expect((await migrate(clickhouse)).length).toBeGreaterThanOrEqual(5);
  });
  expect(again).toEqual(await tablesAfter('once', writes));
}, 60_000);

test('a moved activity is one row under its new owner, who was merged away is gone, and all add up', async () => {
  const tables = await tablesAfter('moved', [...commits(0, 10), ...commits(1, 10)]);
  const lines = (table: string) => (tables[table] ?? '').trimEnd().split('\n').slice(1);
  expect(lines('activities')).toHaveLength(41);
  expect(lines('activities').filter((line) => !line.startsWith(BOB))).toEqual([]);
  expect(lines('leads')).toHaveLength(1);
  expect(lines('leads')[0]).toMatch(/^lead-bob\ttrue\t.*\t41\tgoogle\t/);
  expect(lines('funnel').slice(0, 3)).toEqual([
    'visitor\t1\t0\t1\tladder',
    'lead\t2\t1\t1\tladder',
    'mql\t3\t0\t0\tladder',
  ]);
  expect(lines('activity_counters').reduce((sum, line) => sum + Number(line.split('\t').at(-1)), 0)).toBe(41);
}, 60_000);
