import type { TableReader } from '#lib/flow/store';
import { compareKeys, type Overlay, timeIn, timeKey } from '#lib/flow/table';
import type { Run } from '#services/identify/claims';

/**
 * Who used a device, as it is stored. The newest runs are in the device's own row; those before them, of a device that changed
 * hands often, in pages beside it: an event reads and writes a few runs, however many there are.
 */
export interface DeviceRow {
  /** Claims of the device that are kept. */
  readonly claims: number;
  /** Place of the first claim that is kept, if those before it were let go; else ''. */
  readonly since: string;
  /** How many pages there are. */
  readonly pages: number;
  readonly newest: readonly Run[];
}

type StoredRow = readonly [claims: number, since: string, pages: number, newest: readonly Run[]];

/** Runs of a page at most, unless more began in the same moment. */
const PAGE = 32;

const NEVER_USED: DeviceRow = { claims: 0, since: '', pages: 0, newest: [] };

const rowKey = (device: string) => `runs:${device}`;
/** When the first run of each page began, ms, in order; no two begin in the same moment. */
const beginsKey = (device: string) => `pages:${device}`;
const pageKey = (device: string, begin: number) => `runs.${device}:${timeKey(begin)}`;

export function deviceRow(state: TableReader, device: string): DeviceRow {
  const stored = state.get(rowKey(device)) as StoredRow | undefined;
  if (stored === undefined) return NEVER_USED;
  const [claims, since, pages, newest] = stored;
  return { claims, since, pages, newest };
}

export function putDeviceRow(table: Overlay, device: string, { claims, since, pages, newest }: DeviceRow): void {
  const row: StoredRow = [claims, since, pages, newest];
  table.put(rowKey(device), row);
}

/** Whether a claim comes too late: those of its time have been let go. */
export function isForgotten({ since }: DeviceRow, place: string): boolean {
  return since !== '' && compareKeys(place, since) < 0;
}

/** Whether anybody claimed a device, and no unmerge took it back. */
export function isClaimed(state: TableReader, device: string): boolean {
  return deviceRow(state, device).newest.length > 0;
}

/** Who used a device, in order of time: all runs that tell whose it was from `from` to `to`, ms. */
export function runsOf(state: TableReader, device: string, from = 0, to = Number.POSITIVE_INFINITY): readonly Run[] {
  const row = deviceRow(state, device);
  const first = Math.max(0, pageAt(state, device, row, from));
  const last = first === row.pages ? first : Math.max(first, pageAt(state, device, row, to));
  return runsIn(state, device, row, { from: first, to: last });
}

/** Neighbouring pages by their numbers, both included; the device's own row counts as the last. */
export interface Pages {
  readonly from: number;
  readonly to: number;
}

/** The pages of all runs that a claim at a time may change, and of their neighbours. */
export function pagesAround(state: TableReader, device: string, row: DeviceRow, at: number): Pages {
  const before = pageAt(state, device, row, at - 1);
  if (before === row.pages) return { from: before, to: before };
  return { from: Math.max(0, before), to: Math.min(row.pages, pageAt(state, device, row, at) + 1) };
}

/** The number of the page of whoever used the device at a time; -1: before all. */
export function pageAt(state: TableReader, device: string, { pages, newest }: DeviceRow, at: number): number {
  if (newest.length > 0 && beginOf(newest) <= at) return pages;
  if (pages === 0) return -1;
  return beginsOf(state, device).findLastIndex((begin) => begin <= at);
}

export function runsIn(state: TableReader, device: string, row: DeviceRow, { from, to }: Pages): readonly Run[] {
  if (from === row.pages) return row.newest;
  const older = beginsOf(state, device)
    .slice(from, to + 1)
    .flatMap((begin) => pageOf(state, device, begin));
  return to === row.pages ? [...older, ...row.newest] : older;
}

/** Puts other runs in place of some pages, and with them the device's row. */
export function replaceRuns(
  table: Overlay,
  device: string,
  row: DeviceRow,
  { from, to }: Pages,
  runs: readonly Run[],
): void {
  if (from === row.pages && runs.length <= PAGE && (runs.length > 0 || from === 0)) {
    putDeviceRow(table, device, { ...row, newest: runs });
    return;
  }
  const before = row.pages === 0 ? [] : beginsOf(table, device);
  for (const begin of before.slice(from, to + 1)) table.put(pageKey(device, begin), undefined);
  const parts = parted(runs);
  let newest = to === row.pages ? (parts.pop() ?? []) : row.newest;
  for (const part of parts) table.put(pageKey(device, beginOf(part)), part);
  const begins = [...before.slice(0, from), ...parts.map(beginOf), ...before.slice(to + 1)];
  const last = begins.at(-1);
  if (newest.length === 0 && last !== undefined) {
    newest = pageOf(table, device, last);
    table.put(pageKey(device, last), undefined);
    begins.pop();
  }
  table.put(beginsKey(device), begins.length === 0 ? undefined : begins);
  putDeviceRow(table, device, { ...row, pages: begins.length, newest });
}

function beginsOf(state: TableReader, device: string): readonly number[] {
  return (state.get(beginsKey(device)) as readonly number[] | undefined) ?? [];
}

function pageOf(state: TableReader, device: string, begin: number): readonly Run[] {
  return (state.get(pageKey(device, begin)) as readonly Run[] | undefined) ?? [];
}

function beginOf([first]: readonly Run[]): number {
  return first === undefined ? 0 : timeIn(first[1]);
}

/** Runs in parts of a page each, none of which begins in the last moment of another. */
function parted(runs: readonly Run[]): (readonly Run[])[] {
  if (runs.length === 0) return [];
  const middle = runs.length >>> 1;
  for (let away = 0; away < middle && runs.length > PAGE; away++) {
    for (const at of [middle - away, middle + away]) {
      if (beginOf(runs.slice(at, at + 1)) > beginOf(runs.slice(at - 1, at))) {
        return [...parted(runs.slice(0, at)), ...parted(runs.slice(at))];
      }
    }
  }
  return [runs];
}
