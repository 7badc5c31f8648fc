import { type EventIdentity, eventKey } from '#lib/flow/event-key';
import type { Hash } from '#lib/flow/ports';
import type { Change, TableReader } from '#lib/flow/store';
import { timeIn, timeKey } from '#lib/flow/table';
import type { Activity } from '#schemas/generated/records';

/** What a lead keeps of one of its activities: the key sorts by occurred_at, then by publisher and event id. */
export type Item = readonly [key: string, origin: Origin | typeof UNTOLD];

/** Where a lead came from, as an activity says; '' for what it leaves out. */
export type Origin = readonly [source: string, medium: string, campaign: string];

/** The activity does not say. */
export const UNTOLD = 0;

const FIRST = '';
const LAST = '~';
const MINUTE = 60_000;

export function itemOf(activity: Activity, hash: Hash): Item {
  const { source, medium, campaign } = activity;
  const untold = source === null && medium === null && campaign === null;
  return [keyOf(activity, hash), untold ? UNTOLD : [source ?? '', medium ?? '', campaign ?? '']];
}

export function keyOf(activity: EventIdentity & { readonly occurred_at: number }, hash: Hash): string {
  return `${timeKey(activity.occurred_at)}/${eventKey(activity, hash)}`;
}

// A range of the table is dear: it opens a cursor of the store.

/** The first of the table's items after `key`, at most `count`. */
export function nextItems(items: TableReader, key: string, count: number): readonly Item[] {
  const first: Item[] = [];
  for (const [next, value] of items.range(`${key}\u0000`, LAST)) {
    first.push([next, originIn(value)]);
    if (first.length === count) break;
  }
  return first;
}

/** The first of the table's items after `key` that has an origin. */
export function nextSource(items: TableReader, key: string): Item | null {
  for (const [next, value] of items.range(`${key}\u0000`, LAST)) if (value !== UNTOLD) return [next, originIn(value)];
  return null;
}

/**
 * Time of the table's last item but `gone`, after whose own time there is none; undefined: there is none from `start` on.
 * Looks back through windows that widen: items can be read forwards only, and there may be thousands.
 */
export function lastTime(items: TableReader, gone: string, start: number): number | undefined {
  let end = timeIn(gone) + 1;
  for (let width = MINUTE; end > start; width *= 16) {
    const from = Math.max(start, end - width);
    let found: string | undefined;
    for (const [key] of items.range(timeKey(from), timeKey(end))) if (key !== gone) found = key;
    if (found !== undefined) return timeIn(found);
    end = from;
  }
  return undefined;
}

export function forgetItems(items: TableReader): readonly Change[] {
  return Array.from(items.range(FIRST, LAST), ([key]) => ({ key, value: undefined }));
}

function originIn(value: unknown): Item[1] {
  if (!Array.isArray(value)) return UNTOLD;
  const [source, medium, campaign] = value;
  return [String(source), String(medium), String(campaign)];
}
