import type { Hash } from '#lib/flow/ports';
import type { Change, TableReader } from '#lib/flow/store';
import type { Activity, MovedOut } from '#schemas/generated/records';

/** What is known of the activities that a lead has now; one item each holds the rest. */
export interface History {
  readonly activities: number;
  /** Of occurred_at, ms since 1970 UTC; 0 without activities. */
  readonly firstSeen: number;
  readonly lastSeen: number;
  /** The first activity, by occurred_at, that says where it came from. */
  readonly origin: Origin | null;
}

export interface Origin {
  /** Key of the activity's item. */
  readonly item: string;
  readonly source: string;
  readonly medium: string;
  readonly campaign: string;
}

export interface HistoryChange {
  readonly history: History;
  readonly items: readonly Change[];
}

type Identity = Pick<Activity, 'occurred_at' | 'publisher' | 'event_id'>;

export const NO_HISTORY: History = { activities: 0, firstSeen: 0, lastSeen: 0, origin: null };

export function withActivity(history: History, activity: Activity, hash: Hash): HistoryChange {
  const item = itemKey(activity, hash);
  const at = activity.occurred_at;
  const origin = originOf(item, activity);
  const first = history.activities === 0;
  return {
    history: {
      activities: history.activities + 1,
      firstSeen: first ? at : Math.min(history.firstSeen, at),
      lastSeen: first ? at : Math.max(history.lastSeen, at),
      origin: origin !== null && (history.origin === null || item < history.origin.item) ? origin : history.origin,
    },
    items: [{ key: item, value: origin === null ? 0 : [origin.source, origin.medium, origin.campaign] }],
  };
}

/** undefined: the lead has no such activity. */
export function withoutActivity(
  history: History,
  moved: MovedOut,
  items: TableReader,
  hash: Hash,
): HistoryChange | undefined {
  const item = itemKey(moved, hash);
  if (items.get(item) === undefined) return undefined;
  const changes = [{ key: item, value: undefined }];
  if (history.activities === 1) return { history: NO_HISTORY, items: changes };
  const at = moved.occurred_at;
  return {
    history: {
      activities: history.activities - 1,
      firstSeen: at === history.firstSeen ? earliest(items, item) : history.firstSeen,
      lastSeen: at === history.lastSeen ? latest(items, at, item) : history.lastSeen,
      origin: item === history.origin?.item ? firstOrigin(items, item) : history.origin,
    },
    items: changes,
  };
}

/** Forgets all activities that are left. */
export function forgetAll(items: TableReader): readonly Change[] {
  return Array.from(items.range(FIRST, LAST), ([key]) => ({ key, value: undefined }));
}

const FIRST = '';
const LAST = '~';
/** Digits of a time in base 36: enough until the year 5188. */
const DIGITS = 9;
const MINUTE = 60_000;

/** Sorts by occurred_at; ids of any length and content are told apart by their hash. */
function itemKey({ occurred_at, publisher, event_id }: Identity, hash: Hash): string {
  return `${timeKey(occurred_at)}/${hash(JSON.stringify([publisher, event_id]))}`;
}

function timeKey(time: number): string {
  return time.toString(36).padStart(DIGITS, '0');
}

function timeOf(item: string): number {
  return Number.parseInt(item.slice(0, DIGITS), 36);
}

function earliest(items: TableReader, gone: string): number {
  for (const [key] of items.range(FIRST, LAST)) if (key !== gone) return timeOf(key);
  return 0;
}

/** Looks back from `upTo` through windows that widen: items can be read forwards only, and there may be thousands. */
function latest(items: TableReader, upTo: number, gone: string): number {
  let end = upTo + 1;
  for (let width = MINUTE; end > 0; width *= 16) {
    const from = Math.max(0, end - width);
    let found: string | undefined;
    for (const [key] of items.range(timeKey(from), timeKey(end))) if (key !== gone) found = key;
    if (found !== undefined) return timeOf(found);
    end = from;
  }
  return 0;
}

function firstOrigin(items: TableReader, gone: string): Origin | null {
  for (const [key, value] of items.range(FIRST, LAST)) {
    if (key !== gone && Array.isArray(value)) {
      const [source, medium, campaign] = value;
      return { item: key, source: String(source), medium: String(medium), campaign: String(campaign) };
    }
  }
  return null;
}

function originOf(item: string, { source, medium, campaign }: Activity): Origin | null {
  if (source === null && medium === null && campaign === null) return null;
  return { item, source: source ?? '', medium: medium ?? '', campaign: campaign ?? '' };
}
