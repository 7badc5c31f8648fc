import { eventKey } from '#lib/flow/event-key';
import type { Hash } from '#lib/flow/ports';
import type { Change, TableReader } from '#lib/flow/store';
import { compareKeys, endOf, timeIn } from '#lib/flow/table';
import { COUNTS_FOR } from '#lib/model/counts-for';
import type { Activity } from '#schemas/generated/records';
import type { ActivityMessage } from '#schemas/topics';
import { forgotten } from '#services/identify/forget';
import { heldRow } from '#services/identify/held';
import { devicesIn, strongIn } from '#services/identify/identifier';
import { identityAfter } from '#services/identify/identity';
import { letGo } from '#services/identify/let-go';
import {
  aliasKey,
  aliasOf,
  CLOCK,
  clockOf,
  type Extent,
  eventIn,
  extentKey,
  extentOf,
  heldGroup,
  heldKey,
  type Moving,
  type ShardClock,
  seenKey,
} from '#services/identify/state';

/** An identifier's history is looked through for what is too old once in so many events. */
const LOOKED_THROUGH = 64;

export interface Keeping {
  readonly hash: Hash;
  /** Activities kept of an identifier, the newest by occurred_at. */
  readonly kept: number;
  /** Events let go whose retries are known all the same, the last. */
  readonly known: number;
}

/** Folds one record of lead.activity into identify's state. */
export function evolve(state: TableReader, message: ActivityMessage, keeping: Keeping): readonly Change[] {
  const clock = clockOf(state);
  const changes: Change[] = [{ key: CLOCK, value: clockAfter(clock, message) }];
  if (message.type === 'Activity') remember(state, message.value, keeping, changes);
  if (message.type === 'Merged') {
    changes.push({ key: aliasKey(message.value.lead_id), value: message.value.into_lead_id });
  }
  return changes;
}

function clockAfter(clock: ShardClock, message: ActivityMessage): ShardClock {
  const { tick_at, model_version, own_time } = clock;
  const { type, value } = message;
  const moving = type === 'Activity' ? movingAfter(clock.moving, value) : clock.moving;
  return {
    ...(moving === undefined ? {} : { moving }),
    seq: value.seq,
    logged_at: value.logged_at,
    tick_at: type === 'Tick' ? value.logged_at : tick_at,
    model_version: type === 'ModelApplied' ? value.model_version : model_version,
    own_time: type === 'ModelApplied' || type === 'Tick' ? value.own_time : (own_time ?? false),
  };
}

function movingAfter(
  moving: Moving | undefined,
  { cause, input_offset, identifiers: [of = ''], occurred_at }: Activity,
): Moving | undefined {
  if (cause === 'move') return [input_offset, of, occurred_at];
  return moving?.[0] === input_offset ? undefined : moving;
}

function remember(state: TableReader, activity: Activity, { hash, kept, known }: Keeping, changes: Change[]): void {
  const { identifiers, lead_id, name, occurred_at, cause, content_hash } = activity;
  const [of = ''] = identifiers;
  const event = eventKey(activity, hash);
  const key = heldKey(of, occurred_at, event);
  if (aliasOf(state, lead_id) !== undefined) changes.push({ key: aliasKey(lead_id), value: undefined });
  if (cause === 'move') {
    changes.push({ key, value: heldRow(activity) });
    return;
  }
  const oldest = activity.logged_at - COUNTS_FOR;
  const identity = identityAfter(state, { name, occurred_at, identifiers, event });
  for (const change of identity.changes) changes.push(change);
  const claimed = strongIn(identifiers).length > 0;
  const gone: string[] = [];
  for (const device of claimed ? devicesIn(identifiers) : NONE) {
    const { changes: forgetting, events } = forgotten(identity.after, device, oldest, kept);
    changes.push(...forgetting);
    gone.push(...events);
  }
  const extent = extentOf(state, of);
  const [count, from] = extent;
  const group = heldGroup(of);
  const least = count - kept + 1;
  const dropped = droppedFrom(state, group, least, extent, oldest);
  const last = dropped.at(-1);
  const isOlder = last !== undefined && dropped.length <= least && compareKeys(key, last) < 0;
  for (const old of isOlder ? dropped.slice(0, -1) : dropped) {
    changes.push({ key: old, value: undefined });
    gone.push(eventIn(old, group));
  }
  changes.push({ key: seenKey(event), value: content_hash });
  if (isOlder) gone.push(event);
  else changes.push({ key, value: heldRow(activity) });
  const begin = last ?? group + from;
  const now: Extent = [
    count - dropped.length + 1,
    (isOlder || compareKeys(begin, key) < 0 ? begin : key).slice(group.length),
  ];
  if (now[0] !== count || now[1] !== from) changes.push({ key: extentKey(of), value: now });
  changes.push(...letGo(state, gone, known));
}

/** Keys of what a history lets go for one more: at least `least` of the oldest, and now and then what is too old. */
function droppedFrom(
  state: TableReader,
  group: string,
  least: number,
  [count, from]: Extent,
  oldest: number,
): readonly string[] {
  if (least <= 0 && count % LOOKED_THROUGH !== LOOKED_THROUGH - 1) return NONE;
  const dropped: string[] = [];
  for (const [key] of state.range(group + from, endOf(group))) {
    if (dropped.length >= least && timeIn(key.slice(group.length)) >= oldest) break;
    dropped.push(key);
  }
  return dropped;
}

const NONE: readonly string[] = [];
