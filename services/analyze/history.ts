import type { Hash } from '#lib/flow/ports';
import type { Change, TableReader } from '#lib/flow/store';
import { compareKeys, timeIn } from '#lib/flow/table';
import type { Activity, MovedOut } from '#schemas/generated/records';
import {
  forgetItems,
  type Item,
  itemOf,
  keyOf,
  lastTime,
  nextItems,
  nextSource,
  type Origin,
  UNTOLD,
} from '#services/analyze/items';

/**
 * The activities that a lead has now, an item each. The first ones are at hand, since a history moves to another lead
 * from its beginning on; the others are in the table.
 */
export interface History {
  readonly activities: number;
  /** In order, and before all others. Empty only if there are no others. */
  readonly first: readonly Item[];
  /** Latest occurred_at, ms since 1970 UTC; 0 without activities. */
  readonly lastSeen: number;
  /** The first that has an origin. */
  readonly source: Item | null;
}

export interface HistoryChange {
  readonly history: History;
  readonly items: readonly Change[];
}

export const NO_HISTORY: History = { activities: 0, first: [], lastSeen: 0, source: null };

/** So many are at hand, at most: as many as most visitors have when they turn out to be a lead. */
const AT_HAND = 8;
const NOWHERE: Origin = ['', '', ''];
const NONE: readonly Change[] = [];

export function withActivity(history: History, activity: Activity, hash: Hash): HistoryChange {
  const item = itemOf(activity, hash);
  const first = goesToTable(history, item) ? history.first : inserted(history.first, item);
  const intoTable = first === history.first ? item : first[AT_HAND];
  const { source, lastSeen } = history;
  return {
    history: {
      activities: history.activities + 1,
      first: first.length > AT_HAND ? first.slice(0, AT_HAND) : first,
      lastSeen: Math.max(lastSeen, activity.occurred_at),
      source: item[1] !== UNTOLD && (source === null || isBefore(item, source)) ? item : source,
    },
    items: intoTable === undefined ? NONE : [{ key: intoTable[0], value: intoTable[1] }],
  };
}

/** undefined: the lead has no such activity. */
export function withoutActivity(
  history: History,
  moved: MovedOut,
  items: TableReader,
  hash: Hash,
): HistoryChange | undefined {
  const gone = keyOf(moved, hash);
  const rest = history.first.filter(([key]) => key !== gone);
  const wasAtHand = rest.length < history.first.length;
  if (!wasAtHand && (!reachesTable(history) || items.get(gone) === undefined)) return undefined;
  const fetched = rest.length === 0 && reachesTable(history) ? nextItems(items, gone, AT_HAND) : [];
  const first = rest.length === 0 ? fetched : rest;
  return {
    history: {
      activities: history.activities - 1,
      first,
      lastSeen: moved.occurred_at < history.lastSeen ? history.lastSeen : lastSeen(history, first, gone, items),
      source: gone === history.source?.[0] ? sourceAfter(history, first, gone, items) : history.source,
    },
    items: wasAtHand ? fetched.map(([key]) => ({ key, value: undefined })) : [{ key: gone, value: undefined }],
  };
}

/** Forgets all activities that are left. */
export function forgetAll(history: History, items: TableReader): readonly Change[] {
  return reachesTable(history) ? forgetItems(items) : NONE;
}

/** Time of the first activity, ms since 1970 UTC; undefined without any. */
export function firstSeen({ first: [earliest] }: History): number | undefined {
  return earliest === undefined ? undefined : timeIn(earliest[0]);
}

/** Where the lead came from, as its first activity that tells says. */
export function originOf({ source }: History): Origin {
  return source === null || source[1] === UNTOLD ? NOWHERE : source[1];
}

function reachesTable({ activities, first }: History): boolean {
  return activities > first.length;
}

function goesToTable(history: History, item: Item): boolean {
  const last = history.first.at(-1);
  const isFull = reachesTable(history) || history.first.length === AT_HAND;
  return isFull && last !== undefined && isBefore(last, item);
}

function inserted(items: readonly Item[], item: Item): readonly Item[] {
  const place = items.findLastIndex((other) => isBefore(other, item)) + 1;
  return place === items.length ? [...items, item] : items.toSpliced(place, 0, item);
}

function isBefore([a]: Item, [b]: Item): boolean {
  return compareKeys(a, b) < 0;
}

/** Without `gone`, which was the last or as late as the last. */
function lastSeen(history: History, first: readonly Item[], gone: string, items: TableReader): number {
  const last = first.at(-1);
  const atHand = last === undefined ? 0 : timeIn(last[0]);
  return reachesTable(history) ? (lastTime(items, gone, atHand) ?? atHand) : atHand;
}

/** The first item with an origin, when `gone` was it. */
function sourceAfter(history: History, first: readonly Item[], gone: string, items: TableReader): Item | null {
  const atHand = first.find(([, origin]) => origin !== UNTOLD);
  return atHand ?? (reachesTable(history) ? nextSource(items, gone) : null);
}
