import type { Change, TableReader } from '#lib/flow/store';
import { compareKeys, endOf, Overlay, timeIn, timeKey } from '#lib/flow/table';
import { claimGroup, isCut } from '#services/identify/claims';
import { forgetBefore, lastingPlaces } from '#services/identify/lasting';
import { deviceRow, pageAt, putDeviceRow, replaceRuns, runsIn } from '#services/identify/runs';
import { type Extent, eventIn, extentKey, extentOf, heldGroup } from '#services/identify/state';

/** A device is looked through once in so many claims. */
const LOOKED_THROUGH = 64;

/** What is forgotten of a device, and the events (as in eventKey) that are let go with it. */
export interface Forgotten {
  readonly changes: readonly Change[];
  readonly events: readonly string[];
}

const NOTHING: Forgotten = { changes: [], events: [] };

/**
 * What a device lets go: its oldest claims, where it has many more than `kept`, and now and then those from before `oldest`
 * (ms) but for the last, which tells whose it was then. What was done on it before the first claim that is left stays where
 * it is.
 */
export function forgotten(state: TableReader, device: string, oldest: number, kept: number): Forgotten {
  const row = deviceRow(state, device);
  const over = row.claims - kept;
  if (over < LOOKED_THROUGH && row.claims % LOOKED_THROUGH !== LOOKED_THROUGH - 1) return NOTHING;
  const group = claimGroup(device);
  const old: string[] = [];
  let first: string | undefined;
  for (const [key, strong] of state.range(group, endOf(group))) {
    const place = key.slice(group.length);
    if (old.length > over && timeIn(place) > oldest) break;
    old.push(place);
    if (!isCut(state, device, strong as string, timeIn(place))) first = place;
  }
  const gone = old.filter((place) => place !== first);
  if (gone.length === 0) return NOTHING;
  const table = new Overlay(state);
  for (const place of gone) table.put(group + place, undefined);
  const claims = row.claims - gone.length;
  if (first === undefined) putDeviceRow(table, device, { ...row, claims });
  const events = first === undefined ? [] : beginAt(table, device, first, claims);
  return { changes: table.changes(), events };
}

/** The device's runs and activities begin with a claim; the activities that are let go. */
function beginAt(table: Overlay, device: string, first: string, claims: number): readonly string[] {
  const row = deviceRow(table, device);
  const pages = { from: 0, to: pageAt(table, device, row, timeIn(first)) };
  const runs = runsIn(table, device, row, pages);
  const index = runs.findLastIndex(([, begin]) => compareKeys(begin, first) <= 0);
  const [strong = '', , last = first] = runs[index] ?? [];
  replaceRuns(table, device, { ...row, claims, since: first }, pages, [
    [strong, first, last],
    ...runs.slice(index + 1),
  ]);
  const group = heldGroup(device);
  const begin = timeKey(timeIn(first));
  const [count, from] = extentOf(table, device);
  const lasting = lastingPlaces(table, device);
  const old = [...table.range(group, group + begin)].map(([key]) => key);
  const counted = old.filter((key) => compareKeys(key, group + from) >= 0 && !lasting.has(key.slice(group.length)));
  for (const key of old) table.put(key, undefined);
  table.apply(forgetBefore(table, device, begin));
  const extent: Extent = [count - counted.length, begin];
  if (counted.length > 0) table.put(extentKey(device), extent);
  return old.map((key) => eventIn(key, group));
}
