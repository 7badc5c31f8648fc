import type { Change, TableReader } from '#lib/flow/store';
import { compareKeys, endOf, timeIn } from '#lib/flow/table';
import { lastingPlaces, leaveOut, type Placed } from '#services/identify/lasting';
import { type Extent, eventIn, extentKey, extentOf, heldGroup, placeOf } from '#services/identify/state';

/** A history is looked through for what is too old once in so many events. */
const LOOKED_THROUGH = 64;

export interface Bounds {
  /** Activities kept of an identifier, the newest by occurred_at. */
  readonly kept: number;
  /** What occurred before this may be let go, ms. */
  readonly oldest: number;
}

/** An activity on its way into a history. `event` as in eventKey. */
export interface Arriving {
  readonly occurredAt: number;
  readonly event: string;
  readonly row: unknown;
}

export interface Holding {
  readonly changes: readonly Change[];
  /** The events that are let go, as in eventKey. */
  readonly gone: readonly string[];
}

/**
 * An identifier's history with one more activity: the newest that its bounds allow, and of those beyond them the last words on
 * lasting facts, which do not count.
 */
export function hold(
  state: TableReader,
  identifier: string,
  arriving: Arriving,
  { kept, oldest }: Bounds,
  leave: typeof leaveOut = leaveOut,
): Holding {
  const group = heldGroup(identifier);
  const extent = extentOf(state, identifier);
  const [count, from] = extent;
  const place = placeOf(arriving.occurredAt, arriving.event);
  const own: Placed = { place, row: arriving.row };
  const least = count - kept + 1;
  const looked = lookedThrough(state, identifier, least, extent, oldest);
  const last = looked.at(-1);
  const isOlder = last !== undefined && looked.length <= least && compareKeys(place, last.place) < 0;
  const leaving = isOlder ? [...looked.slice(0, -1), own] : looked;
  const changes: Change[] = [{ key: group + place, value: arriving.row }];
  const begin = last?.place ?? from;
  const now: Extent = [count - looked.length + 1, isOlder || compareKeys(begin, place) < 0 ? begin : place];
  if (now[0] !== count || now[1] !== from) changes.push({ key: extentKey(identifier), value: now });
  if (leaving.length === 0) return { changes, gone: [] };
  const { changes: lasting, superseded } = leave(state, identifier, leaving);
  for (const one of superseded) changes.push({ key: group + one, value: undefined });
  changes.push(...lasting);
  return { changes, gone: superseded.map((one) => eventIn(group + one, group)) };
}

/** What a history lets go for one more: at least `least` of the oldest, and now and then what is too old. */
function lookedThrough(
  state: TableReader,
  identifier: string,
  least: number,
  [count, from]: Extent,
  oldest: number,
): readonly Placed[] {
  if (least <= 0 && count % LOOKED_THROUGH !== LOOKED_THROUGH - 1) return NONE;
  const group = heldGroup(identifier);
  const lasting = lastingPlaces(state, identifier);
  const found: Placed[] = [];
  for (const [key, row] of state.range(group + from, endOf(group))) {
    const place = key.slice(group.length);
    if (found.length >= least && timeIn(place) >= oldest) break;
    if (!lasting.has(place)) found.push({ place, row });
  }
  return found;
}

const NONE: readonly Placed[] = [];
