import { firstPlace } from '#lib/flow/first-place';
import type { TableReader } from '#lib/flow/store';
import { compareKeys, endOf, timeIn } from '#lib/flow/table';

/**
 * Who used a device: identifying events that follow each other and name the same userId or email, the first and the last of
 * them by their places (see placeOf). Runs are in order and don't overlap; neighbours name different identifiers.
 */
export type Run = readonly [strong: string, first: string, last: string];

/** A stretch of a device's time, ms; `to` undefined: without end. */
export interface Stretch {
  readonly device: string;
  readonly from: number;
  readonly to: number | undefined;
}

export const claimGroup = (device: string) => `claim.${device}:`;
export const claimedGroup = (strong: string) => `claimed.${strong}:`;
/** When an unmerge last parted a device from a userId or email. */
export const cutKey = (device: string, strong: string) => `cut.${device}:${strong}`;

/** Whether a claim at a time counts: no later unmerge took it back. */
export function isCut(state: TableReader, device: string, strong: string, at: number): boolean {
  const cut = state.get(cutKey(device, strong)) as number | undefined;
  return cut !== undefined && at <= cut;
}

/** Who used a device at a time: the last claim at or before it, else the first after; undefined if nobody claimed it. */
export function userAt(runs: readonly Run[], at: number): string | undefined {
  const later = firstPlace(runs.length, (place) => timeIn(runs[place]?.[1] ?? '') > at);
  return runs[Math.max(0, later - 1)]?.[0];
}

/** The runs with one more claim, and the time whose owner that can change; undefined: none. */
export interface Claimed {
  readonly runs: readonly Run[];
  readonly from: number | undefined;
  readonly to: number | undefined;
}

/** `runs`: all that this may change, with their neighbours. `state` holds the device's claims, this one included or not. */
export function claimed(
  state: TableReader,
  device: string,
  runs: readonly Run[],
  strong: string,
  place: string,
): Claimed {
  const index = runs.findLastIndex(([, first]) => compareKeys(first, place) <= 0);
  const before = runs[index];
  const after = runs[index + 1];
  const from = before === undefined ? 0 : timeIn(place);
  const to = after === undefined ? undefined : timeIn(after[1]) + 1;
  if (before?.[0] === strong) {
    const same = compareKeys(place, before[2]) <= 0;
    return { runs: same ? runs : runs.with(index, [strong, before[1], place]), from: undefined, to };
  }
  const own: Run = [strong, place, place];
  if (before !== undefined && compareKeys(place, before[2]) < 0) {
    const halves = partedAt(state, device, before, place);
    return { runs: [...runs.slice(0, index), ...halves(own), ...runs.slice(index + 1)], from, to };
  }
  if (after?.[0] === strong) return { runs: runs.with(index + 1, [strong, place, after[2]]), from, to };
  return { runs: [...runs.slice(0, index + 1), own, ...runs.slice(index + 1)], from, to };
}

/** A run in two, with another in between. */
function partedAt(state: TableReader, device: string, [strong, first, last]: Run, place: string) {
  const group = claimGroup(device);
  let end = first;
  let beginning = last;
  for (const [key, by] of state.range(group + first, endOf(group + last))) {
    const one = key.slice(group.length);
    if (by !== strong || isCut(state, device, strong, timeIn(one)) || compareKeys(one, last) > 0) continue;
    if (compareKeys(one, place) < 0) end = one;
    else {
      beginning = one;
      break;
    }
  }
  return (between: Run): readonly Run[] => [[strong, first, end], between, [strong, beginning, last]];
}

/** The runs of all claims that count. */
export function allRuns(state: TableReader, device: string): readonly Run[] {
  const group = claimGroup(device);
  const runs: Run[] = [];
  for (const [key, by] of state.range(group, endOf(group))) {
    const strong = by as string;
    const place = key.slice(group.length);
    if (isCut(state, device, strong, timeIn(place))) continue;
    const last = runs.at(-1);
    if (last?.[0] === strong) runs[runs.length - 1] = [strong, last[1], place];
    else runs.push([strong, place, place]);
  }
  return runs;
}
