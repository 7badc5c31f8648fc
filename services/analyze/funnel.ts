import type { TableRow } from '#lib/clickhouse/row';
import type { CounterChange } from '#lib/flow/fold';
import type { Staged } from '#schemas/generated/records';
import { dayOf } from '#services/analyze/ladder';
import { isPresent, type LeadState } from '#services/analyze/lead';

/**
 * How a record changes the counters: what its lead counts for after it, less what it counted for before. Each change
 * also adds 1 to `changes`, the version of the counter's row: which of two rows is newer then depends on the log alone,
 * however the log was cut into commits and whoever inserts late.
 */
export function counterChanges(
  before: LeadState | undefined,
  after: LeadState | undefined,
  staged: Staged,
): readonly CounterChange[] {
  return [...funnelChanges(before, after), ...activityChanges(before, after, staged)];
}

/** The row with a bucket's absolute values in one partition of lead.stages. */
export function counterRow(
  partition: number,
  bucket: string,
  { entered = 0, current = 0, activities = 0, changes = 0 }: Readonly<Record<string, number>>,
): TableRow {
  const [kind, day, ...names]: unknown[] = parsed(bucket);
  const [first, second] = names.map(String);
  if (kind === 'stage') {
    return {
      table: 'funnel_counters_rows',
      row: { partition, day_number: Number(day), stage: first ?? '', source: second ?? '', entered, current, changes },
    };
  }
  return {
    table: 'activity_counters_rows',
    row: { partition, day_number: Number(day), name: first ?? '', activities, changes },
  };
}

function funnelChanges(before: LeadState | undefined, after: LeadState | undefined): readonly CounterChange[] {
  if (isPresent(before) && isPresent(after) && countsTheSame(before, after)) return [];
  const totals = new Map<string, { entered: number; current: number }>();
  const add = (lead: LeadState | undefined, sign: 1 | -1) => {
    for (const { bucket, entered, current } of footprint(lead)) {
      const total = totals.get(bucket) ?? { entered: 0, current: 0 };
      totals.set(bucket, { entered: total.entered + sign * entered, current: total.current + sign * current });
    }
  };
  add(after, 1);
  add(before, -1);
  return Array.from(totals)
    .filter(([, { entered, current }]) => entered !== 0 || current !== 0)
    .map(([bucket, { entered, current }]) => ({ bucket, by: { entered, current, changes: 1 } }));
}

function countsTheSame(a: LeadState, b: LeadState): boolean {
  return (
    a.reached === b.reached &&
    a.stage === b.stage &&
    a.stageSince === b.stageSince &&
    a.history.origin?.source === b.history.origin?.source
  );
}

/** What a lead counts for: the stages it has reached, by the day it first did, and the one it is in, by the day it last entered it. */
function footprint(lead: LeadState | undefined): { bucket: string; entered: number; current: number }[] {
  if (!isPresent(lead)) return [];
  const source = lead.history.origin?.source ?? '';
  return [
    ...lead.reached.map(({ stage, day }) => ({
      bucket: bucketOf('stage', day, stage, source),
      entered: 1,
      current: 0,
    })),
    { bucket: bucketOf('stage', dayOf(lead.stageSince), lead.stage, source), entered: 0, current: 1 },
  ];
}

function activityChanges(
  before: LeadState | undefined,
  after: LeadState | undefined,
  { scored }: Staged,
): readonly CounterChange[] {
  const difference = (after?.history.activities ?? 0) - (before?.history.activities ?? 0);
  const what = scored?.activity ?? scored?.moved_out;
  if (difference === 0 || what === null || what === undefined) return [];
  return [
    { bucket: bucketOf('activity', dayOf(what.occurred_at), what.name), by: { activities: difference, changes: 1 } },
  ];
}

function bucketOf(kind: 'stage' | 'activity', day: number, ...names: readonly string[]): string {
  return JSON.stringify([kind, day, ...names]);
}

function parsed(bucket: string): unknown[] {
  const value: unknown = JSON.parse(bucket);
  return Array.isArray(value) ? value : [];
}
