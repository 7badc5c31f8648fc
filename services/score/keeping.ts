import type { Change, TableReader } from '#lib/flow/store';
import { compareKeys, endOf } from '#lib/flow/table';
import type { Activity } from '#schemas/generated/records';
import { counted, countKept, type Item, KEPT, keptOf, movedUp, oldestOf } from '#services/score/full';
import { identifierOf, type Kept } from '#services/score/kept';
import type { LeadScore } from '#services/score/state';

type Counts = Pick<LeadScore, 'kept' | 'full'>;

/** Whether an activity is kept, what is counted then, and whose place it takes. */
export interface Room {
  readonly has: boolean;
  readonly counts: Counts;
  readonly instead?: Item;
}

/** The newest are kept of each identifier. */
export function kept(state: LeadScore, activity: Activity, key: string, items: TableReader): Room {
  if (state.kept < KEPT) return { has: true, counts: { kept: state.kept + 1 } };
  const identifier = identifierOf(activity);
  const full = state.full ?? countKept(items);
  const [, count, from] = keptOf(full, identifier);
  if (count < KEPT) return { has: true, counts: { kept: state.kept + 1, full: counted(full, identifier, 1, key) } };
  const oldest = oldestOf(items, from, identifier);
  if (oldest === undefined || compareKeys(oldest.key, key) > 0) return { has: false, counts: state };
  return { has: true, counts: { kept: state.kept, full: movedUp(full, identifier, oldest.key) }, instead: oldest };
}

/** The counts when an activity has moved out. */
export function unkept(state: LeadScore, key: string, items: TableReader): Counts {
  const item = items.get(key) as Kept | undefined;
  if (item === undefined)
    return state.full === undefined ? { kept: state.kept } : { kept: state.kept, full: state.full };
  const kept = Math.max(0, state.kept - 1);
  if (kept < KEPT) return { kept };
  return { kept, full: counted(state.full ?? countKept(items), item[14], -1, key) };
}

/** Lets go of all items of a lead. */
export function forgetAll(items: TableReader): readonly Change[] {
  return Array.from(items.range('', endOf('')), ([key]) => ({ key, value: undefined }));
}
