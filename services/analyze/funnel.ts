import type { TableRow } from '#lib/clickhouse/row';
import { traitNames } from '#lib/facts/trait-names';
import type { CounterChange } from '#lib/flow/fold';
import { objectIn } from '#lib/json/object';
import type { Staged } from '#schemas/generated/records';
import { bucketIn, stageBucket, traitBucket } from '#services/analyze/bucket';
import { dayOf } from '#services/analyze/ladder';
import { isPresent, type LeadState, sourceOf } from '#services/analyze/lead';

const NONE: readonly CounterChange[] = [];

/**
 * How a record changes the counters: what its lead counts for after it, less what it counted for before. Each change
 * also adds 1 to `changes`, the version of the counter's row: which of two rows is newer then depends on the log alone,
 * however the log was cut into commits and whoever inserts late. `activities`: the changes of the counters of activities.
 */
export function counterChanges(
  before: LeadState | undefined,
  after: LeadState | undefined,
  staged: Staged,
  activities: readonly CounterChange[],
): readonly CounterChange[] {
  const traits = traitChanges(staged);
  if (!countTheSame(before, after)) return [...footprintChanges(before, after), ...activities, ...traits];
  return traits.length === 0 ? activities : [...activities, ...traits];
}

/** The row with a bucket's absolute values in one partition of lead.stages. */
export function counterRow(
  partition: number,
  bucket: string,
  { entered = 0, current = 0, activities = 0, changes = 0 }: Readonly<Record<string, number>>,
): TableRow {
  const of = bucketIn(bucket);
  if (of.kind === 'stage') {
    const { day, stage, source } = of;
    return {
      table: 'funnel_counters_rows',
      row: { partition, day_number: day, stage, source, entered, current, changes },
    };
  }
  if (of.kind === 'trait') {
    return {
      table: 'trait_counters_rows',
      row: { partition, day_number: of.day, trait: of.trait, activities, changes },
    };
  }
  return {
    table: 'activity_counters_rows',
    row: { partition, day_number: of.day, name: of.name, activities, changes },
  };
}

function countTheSame(a: LeadState | undefined, b: LeadState | undefined): boolean {
  if (!isPresent(a) || !isPresent(b)) return isPresent(a) === isPresent(b);
  return a.reached === b.reached && a.stage === b.stage && a.stageSince === b.stageSince && sourceOf(a) === sourceOf(b);
}

/** By bucket, what the footprint after adds to that before. */
function footprintChanges(before: LeadState | undefined, after: LeadState | undefined): CounterChange[] {
  const changes = new Map<string, { entered: number; current: number; changes: number }>();
  const at = (bucket: string) => {
    const known = changes.get(bucket);
    if (known !== undefined) return known;
    const fresh = { entered: 0, current: 0, changes: 1 };
    changes.set(bucket, fresh);
    return fresh;
  };
  for (const [lead, sign] of [
    [after, 1],
    [before, -1],
  ] as const) {
    if (!isPresent(lead)) continue;
    const source = sourceOf(lead);
    for (const { stage, day } of lead.reached) at(stageBucket(day, stage, source)).entered += sign;
    at(stageBucket(dayOf(lead.stageSince), lead.stage, source)).current += sign;
  }
  return Array.from(changes, ([bucket, by]) => ({ bucket, by })).filter(
    ({ by }) => by.entered !== 0 || by.current !== 0,
  );
}

const ONE_MORE = { activities: 1, changes: 1 };

/** The traits that an activity bears, counted once: not again when it moves. */
function traitChanges({ scored }: Staged): readonly CounterChange[] {
  const activity = scored?.activity;
  if (activity === null || activity === undefined || activity.cause === 'move' || scored?.excluded !== null)
    return NONE;
  const { traits } = activity.personal;
  if (traits === '{}') return NONE;
  const day = dayOf(activity.occurred_at);
  return traitNames(objectIn(traits)).map((name) => ({ bucket: traitBucket(day, name), by: ONE_MORE }));
}
