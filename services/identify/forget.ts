import type { Change, TableReader } from '#lib/flow/store';
import { compareKeys, endOf, Overlay, timeIn, timeKey } from '#lib/flow/table';
import { claimGroup, isCut } from '#services/identify/claims';
import { deviceRow, pageAt, putDeviceRow, replaceRuns, runsIn } from '#services/identify/runs';
import { countKey, countOf, eventIn, heldGroup, seenKey } from '#services/identify/state';

/** A device is looked through once in so many claims. */
const LOOKED_THROUGH = 64;

const NONE: readonly Change[] = [];

/**
 * What a device lets go: its oldest claims, where it has many more than `kept`, and now and then those from before `oldest`
 * (ms) but for the last, which tells whose it was then. What was done on it before the first claim that is left stays where
 * it is.
 */
export function forgotten(state: TableReader, device: string, oldest: number, kept: number): readonly Change[] {
  const row = deviceRow(state, device);
  const over = row.claims - kept;
  if (over < LOOKED_THROUGH && row.claims % LOOKED_THROUGH !== LOOKED_THROUGH - 1) return NONE;
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
  if (gone.length === 0) return NONE;
  const table = new Overlay(state);
  for (const place of gone) table.put(group + place, undefined);
  const claims = row.claims - gone.length;
  if (first === undefined) putDeviceRow(table, device, { ...row, claims });
  else beginAt(table, device, first, claims);
  return table.changes();
}

/** The device's runs and activities begin with a claim. */
function beginAt(table: Overlay, device: string, first: string, claims: number): void {
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
  let count = countOf(table, device);
  for (const [key] of [...table.range(group, group + timeKey(timeIn(first)))]) {
    table.put(key, undefined);
    table.put(seenKey(eventIn(key, group)), undefined);
    count -= 1;
  }
  if (count !== countOf(table, device)) table.put(countKey(device), count);
}
