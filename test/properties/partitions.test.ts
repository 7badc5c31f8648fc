import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keyOf, SHAPES } from '#app/verify/expected';
import type { TableRow } from '#lib/clickhouse/row';
import { type Drive, drive } from '#lib/flow/drive';
import { sha256 } from '#lib/hash/sha256';
import { createCompiler } from '#lib/model/compile';
import { type EventMessage, type HandoffMessage, TOPICS, type TriggerMessage } from '#schemas/topics';
import { createPipeline, topologiesOf } from '#services/pipeline';
import { AFTERWARDS } from '#test/given/event';
import { type HastyStep, hastyHistory, hastySteps } from '#test/given/hasty';

type Row = TableRow['row'];

const compile = createCompiler();
const histories = hastySteps.map((steps) => hastyHistory(steps));

/** Whose rows tell of something that happened once. */
const HAPPENINGS = ['score_changes_rows', 'stage_changes_rows', 'triggers_rows', 'handoffs_rows'];
const COUNTERS = ['funnel_counters_rows', 'activity_counters_rows'];

/** What partitions do change: the number and step of the record that brings the time for a wake-up, which order rows of one key. */
const OF_PARTITIONS = new Set(['seq', 'step', 'step_no']);

/** All services in memory over a history. */
function run(messages: readonly EventMessage[], partitions: number): Drive {
  const pipeline = createPipeline({ hash: sha256, compile, partitions, tickEvery: 1000 });
  const single = new Set<string>([TOPICS.events, TOPICS.deadLetters]);
  const running = drive(topologiesOf(pipeline), (topic) => (single.has(topic) ? 1 : partitions));
  for (const message of messages) running.publish(TOPICS.events, message, AFTERWARDS);
  return running;
}

const LADDERS = 'ladders_rows';

/** All rows, in the order of writing. */
function rowsOf(running: Drive): readonly TableRow[] {
  return running.rows() as readonly TableRow[];
}

/** What mail senders and sales read, by id, without what partitions change. */
function sent(running: Drive): unknown {
  const triggers = running.records(TOPICS.triggers).map(({ value }) => {
    const { seq, step_no, logged_at, ...rest } = (value as TriggerMessage).value;
    return [rest.trigger_id, rest] as const;
  });
  const handoffs = running.records(TOPICS.handoffs).flatMap(({ value }) => {
    const message = value as HandoffMessage;
    if (message.type !== 'Handoff') return [];
    const { input_partition, input_offset, ...rest } = message.value;
    return [[rest.handoff_id, rest] as const];
  });
  return [...triggers, ...handoffs].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Every version of every row, lead by lead in the order of writing, without what partitions change. */
function told(rows: readonly TableRow[]): unknown {
  const byLead = new Map<string, Row[]>();
  for (const { table, row } of rows) {
    if (COUNTERS.includes(table)) continue;
    // A step of a program is no version.
    const isVersion = (column: string) =>
      OF_PARTITIONS.has(column) && !(table === 'triggers_rows' && column === 'step');
    const columns = Object.entries(row).filter(([column]) => !isVersion(column));
    const name = `${table} ${row.lead_id}`;
    const before = byLead.get(name) ?? [];
    const version = Object.fromEntries(columns);
    // Each partition brings the ladder of a model: the same row.
    if (table === LADDERS && before.some((one) => isDeepStrictEqual(one, version))) continue;
    byLead.set(name, [...before, version]);
  }
  return [...byLead].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** The counters, added up over partitions as the views do. */
function counted(rows: readonly TableRow[]): unknown {
  const newest = new Map<string, TableRow>();
  for (const one of rows) {
    const shape = SHAPES[one.table];
    if (COUNTERS.includes(one.table) && shape !== undefined) newest.set(keyOf(shape, one.row), one);
  }
  const sums = new Map<string, number>();
  for (const { row } of newest.values()) {
    for (const what of ['entered', 'current', 'activities']) {
      const bucket = [what, row.day_number, row.stage, row.source, row.name].join(' ');
      if (row[what] !== undefined) sums.set(bucket, (sums.get(bucket) ?? 0) + Number(row[what]));
    }
  }
  return [...sums].filter(([, sum]) => sum !== 0).sort(([a], [b]) => (a < b ? -1 : 1));
}

function idsOf(rows: readonly TableRow[], table: string): readonly string[] {
  const shape = SHAPES[table];
  if (shape === undefined) throw new Error(`there is no table ${table}`);
  return rows.filter((one) => one.table === table).map(({ row }) => keyOf(shape, row));
}

test('one partition or many: the same rows with the same ids, in the same order for each lead', () => {
  fc.assert(
    fc.property(histories, fc.constantFrom(2, 4, 7), (messages, partitions) => {
      const one = run(messages, 1);
      const many = run(messages, partitions);
      expect(told(rowsOf(many))).toEqual(told(rowsOf(one)));
      expect(counted(rowsOf(many))).toEqual(counted(rowsOf(one)));
      expect(sent(many)).toEqual(sent(one));
    }),
    { numRuns: 200 },
  );
}, 120_000);

/** A look that a visitor took moves to Ann, to Bob, back to Ann and back to Bob, as each turns out to have used the device. */
function toAndFro(): readonly EventMessage[] {
  const does = (user: string | undefined, at: number, now: number, wait: number): HastyStep => ({
    deed: { name: 'page_viewed', properties: { plan: 'a' } },
    who: { device: 'd1', ...(user === undefined ? {} : { user }) },
    wait: wait * 60_000,
    ago: (now - at) * 60_000,
    publisher: 'web',
    back: 0,
    model: null,
  });
  const seen = [does(undefined, 50, 50, 50), does('ann', 100, 100, 50), does('bob', 60, 101, 1)];
  return hastyHistory([...seen, does('ann', 55, 102, 1), does('bob', 52, 103, 1)]);
}

test('no two changes, triggers or handoffs share an id, whatever moves to and fro or falls due together', () => {
  const causes = new Set<unknown>();
  let movedTwice = 0;
  fc.assert(
    fc.property(histories, fc.constantFrom(1, 4), (messages, partitions) => {
      const rows = rowsOf(run(messages, partitions));
      for (const table of HAPPENINGS) {
        const ids = idsOf(rows, table);
        expect([table, new Set(ids).size]).toEqual([table, ids.length]);
      }
      const moves = new Map<string, number>();
      for (const { table, row } of rows) {
        if (table === 'score_changes_rows') causes.add(row.cause);
        if (table !== 'activities_rows' || row.cause !== 'move') continue;
        const move = `${row.publisher} ${row.event_id} ${row.lead_id}`;
        moves.set(move, (moves.get(move) ?? 0) + 1);
      }
      if ([...moves.values()].some((times) => times > 1)) movedTwice++;
    }),
    { numRuns: 300, examples: [[toAndFro(), 4]] },
  );
  expect([[...causes].sort(), movedTwice > 0]).toEqual([['activity', 'moved_out', 'wake'], true]);
}, 120_000);
