import { eventKey } from '#lib/flow/event-key';
import type { Hash } from '#lib/flow/ports';
import type { Change, TableReader } from '#lib/flow/store';
import type { Activity } from '#schemas/generated/records';
import type { ActivityMessage } from '#schemas/topics';
import { claimed } from '#services/identify/claims';
import { heldRow } from '#services/identify/held';
import { deviceIn, strongIn } from '#services/identify/identifier';
import {
  aliasKey,
  CLOCK,
  clockOf,
  deviceKey,
  deviceOf,
  heldKey,
  leadKey,
  leadOf,
  type ShardClock,
  seenKey,
} from '#services/identify/state';

/** Folds one record of lead.activity into identify's state. */
export function evolve(state: TableReader, message: ActivityMessage, hash: Hash): Change[] {
  const changes: Change[] = [{ key: CLOCK, value: clockAfter(clockOf(state), message) }];
  if (message.type === 'Activity') remember(state, message.value, hash, changes);
  if (message.type === 'Merged') {
    changes.push({ key: aliasKey(message.value.lead_id), value: message.value.into_lead_id });
  }
  return changes;
}

function clockAfter({ tick_at, model_version, own_time }: ShardClock, { type, value }: ActivityMessage): ShardClock {
  return {
    seq: value.seq,
    logged_at: value.logged_at,
    tick_at: type === 'Tick' ? value.logged_at : tick_at,
    model_version: type === 'ModelApplied' ? value.model_version : model_version,
    own_time: type === 'ModelApplied' || type === 'Tick' ? value.own_time : (own_time ?? false),
  };
}

function remember(state: TableReader, activity: Activity, hash: Hash, changes: Change[]): void {
  const { identifiers, lead_id, occurred_at } = activity;
  const event = eventKey(activity, hash);
  const device = deviceIn(identifiers);
  const strong = strongIn(identifiers);
  if (activity.cause !== 'move') changes.push({ key: seenKey(event), value: activity.content_hash });
  if (device !== undefined && strong.length === 0) {
    changes.push({ key: heldKey(device, occurred_at, event), value: heldRow(activity) });
  }
  for (const identifier of strong) {
    if (leadOf(state, identifier) === undefined) changes.push({ key: leadKey(identifier), value: lead_id });
  }
  if (device !== undefined && strong.length > 0) {
    const { claims } = deviceOf(state, device);
    const now = claimed(claims, lead_id, occurred_at);
    if (now !== claims) changes.push({ key: deviceKey(device), value: { claims: now } });
  }
}
