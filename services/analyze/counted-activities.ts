import type { CounterChange } from '#lib/flow/fold';
import type { Change, TableReader } from '#lib/flow/store';
import { endOf } from '#lib/flow/table';
import type { Staged } from '#schemas/generated/records';
import { activityBucket } from '#services/analyze/bucket';
import { dayOf } from '#services/analyze/ladder';
import type { LeadState } from '#services/analyze/lead';

/** What a record changes in the counters of activities, and in what the lead holds of them: how many there are by bucket. */
export interface ActivityCounting {
  readonly counters: readonly CounterChange[];
  readonly items: readonly Change[];
}

const NOTHING: ActivityCounting = { counters: [], items: [] };

/**
 * Counts an activity that comes, and takes back one that leaves. Of who turns out to be staff all are taken back, and they
 * count again if that was a mistake: so a lead holds what it counts for, also while that is nothing. A visitor has no address that
 * could be the company's, and holds nothing.
 */
export function activityCounting(
  before: LeadState | undefined,
  after: LeadState | undefined,
  { scored }: Staged,
  items: TableReader,
): ActivityCounting {
  const wasStaff = before?.staff === true;
  const isStaff = after === undefined ? wasStaff : after.staff;
  const difference = Math.sign((after?.seen.activities ?? 0) - (before?.seen.activities ?? 0));
  const what = scored?.activity ?? scored?.moved_out;
  const bucket =
    difference === 0 || what === null || what === undefined
      ? undefined
      : activityBucket(dayOf(what.occurred_at), what.name);
  if (bucket === undefined && wasStaff === isStaff && after !== undefined) return NOTHING;
  const holds = (after ?? before)?.known === true;
  const changed =
    bucket === undefined || !holds ? [] : [{ key: bucket, value: countOf(items, bucket) + difference || undefined }];
  const held = holds && (wasStaff !== isStaff || after === undefined) ? allOf(items) : [];
  const own = bucket === undefined || (wasStaff && isStaff) ? [] : [change(bucket, difference)];
  const counters =
    wasStaff === isStaff
      ? own
      : isStaff
        ? held.map(([key, count]) => change(key, -count))
        : [...held.map(([key, count]) => change(key, count)), ...own];
  if (after !== undefined) return { counters, items: changed };
  return { counters, items: held.map(([key]) => ({ key, value: undefined })) };
}

function change(bucket: string, activities: number): CounterChange {
  return { bucket, by: { activities, changes: 1 } };
}

function countOf(items: TableReader, bucket: string): number {
  return (items.get(bucket) as number | undefined) ?? 0;
}

function allOf(items: TableReader): readonly (readonly [bucket: string, count: number])[] {
  return Array.from(items.range('', endOf('')), ([bucket, count]) => [bucket, count as number] as const);
}
