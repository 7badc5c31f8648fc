import type { Hash } from '#lib/flow/ports';
import type { Change, TableReader } from '#lib/flow/store';
import type { Activity } from '#schemas/generated/records';
import type { ActivityMessage } from '#schemas/topics';
import { claimed } from '#services/identify/claims';
import { isAnonymous } from '#services/identify/identifier';
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
  const clock: ShardClock = { ...clockOf(state), seq: message.value.seq, logged_at: message.value.logged_at };
  switch (message.type) {
    case 'Activity':
      return [{ key: CLOCK, value: clock }, ...remember(state, message.value, hash)];
    case 'MovedOut':
      return [{ key: CLOCK, value: clock }];
    case 'Merged':
      return [
        { key: CLOCK, value: clock },
        { key: aliasKey(message.value.lead_id), value: message.value.into_lead_id },
      ];
    case 'Tick':
      return [{ key: CLOCK, value: { ...clock, tick_at: message.value.logged_at } }];
    case 'ModelApplied':
      return [{ key: CLOCK, value: { ...clock, model_version: message.value.model_version } }];
  }
}

function remember(state: TableReader, activity: Activity, hash: Hash): Change[] {
  const device = activity.identifiers.find(isAnonymous);
  const strong = activity.identifiers.filter((identifier) => !isAnonymous(identifier));
  const changes: Change[] = [];
  if (activity.cause !== 'move') {
    const key = seenKey(activity.publisher, activity.event_id, hash);
    changes.push({ key, value: { content_hash: activity.content_hash } });
  }
  if (device !== undefined && strong.length === 0) {
    changes.push({ key: heldKey(device, activity, hash), value: { owner: activity.lead_id, activity } });
  }
  for (const identifier of strong) {
    if (leadOf(state, identifier) === undefined) changes.push({ key: leadKey(identifier), value: activity.lead_id });
  }
  if (device !== undefined && strong.length > 0) {
    const { claims } = deviceOf(state, device);
    const now = claimed(claims, activity.lead_id, activity.occurred_at);
    if (now !== claims) changes.push({ key: deviceKey(device), value: { claims: now } });
  }
  return changes;
}
