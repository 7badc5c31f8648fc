import { eventKey } from '#lib/flow/event-key';
import type { Hash } from '#lib/flow/ports';
import type { Change, TableReader } from '#lib/flow/store';
import { COUNTS_FOR } from '#lib/model/counts-for';
import type { Activity, Cost, JoinOpened } from '#schemas/generated/records';
import type { ActivityMessage } from '#schemas/topics';
import { endedChanges, owedChanges, toldChange } from '#services/identify/addresses';
import { COSTS } from '#services/identify/cost';
import { forgotten } from '#services/identify/forget';
import { heldRow } from '#services/identify/held';
import { hold } from '#services/identify/holding';
import { devicesIn, strongIn } from '#services/identify/identifier';
import { identityAfter } from '#services/identify/identity';
import { answeredChanges, closedChanges, openedChanges } from '#services/identify/joins';
import { leaveAll } from '#services/identify/lasting';
import { letGo } from '#services/identify/let-go';
import {
  aliasKey,
  aliasOf,
  CLOCK,
  clockOf,
  heldKey,
  MODEL,
  type Moving,
  type ShardClock,
  seenKey,
} from '#services/identify/state';

export interface Keeping {
  readonly hash: Hash;
  /** Activities kept of an identifier, the newest by occurred_at. */
  readonly kept: number;
  /** Events let go whose retries are known all the same, the last. */
  readonly known: number;
}

/** What is part of identify's state. */
export type Numbered = Exclude<ActivityMessage, { readonly type: 'Watermark' }>;

/** Folds one record of lead.activity into identify's state. */
export function evolve(state: TableReader, message: Numbered, keeping: Keeping): readonly Change[] {
  const clock = clockOf(state);
  const changes: Change[] = [{ key: CLOCK, value: clockAfter(clock, message) }];
  switch (message.type) {
    case 'Activity':
      remember(state, message.value, keeping, changes);
      break;
    case 'Merged':
      changes.push({ key: aliasKey(message.value.lead_id), value: message.value.into_lead_id });
      changes.push(...endedChanges(state, message.value.lead_id));
      break;
    case 'AddressesChanged':
      changes.push(toldChange(message.value.lead_id, message.value.addresses));
      break;
    case 'JoinOpened':
      changes.push(...openedChanges(state, message.value));
      break;
    case 'JoinAnswered':
      changes.push(...answeredChanges(state, message.value));
      break;
    case 'JoinClosed':
      changes.push(...closedChanges(message.value));
      break;
    case 'ModelApplied':
      changes.push({ key: MODEL, value: message.value.files });
      break;
    case 'Cost':
      rememberCost(state, message.value, keeping, changes);
      break;
    case 'MovedOut':
    case 'Tick':
      break;
  }
  return changes;
}

function clockAfter(clock: ShardClock, message: Numbered): ShardClock {
  const { tick_at, model_version, own_time, import_id = null, all_seq } = clock;
  const { type, value } = message;
  const identity_key = 'identity_key' in value ? (value.identity_key ?? clock.identity_key) : clock.identity_key;
  const lastForAll = isForAll(type) ? value.seq : all_seq;
  const moving =
    type === 'Activity'
      ? movingAfter(clock.moving, value)
      : type === 'JoinOpened'
        ? movingFrom(clock.moving, value)
        : clock.moving;
  const isIdle = type === 'Tick' && clock.seq === all_seq;
  // Once for each record: field by field, since spreading takes ten times as long.
  const after: { -readonly [field in keyof ShardClock]: ShardClock[field] } = {
    seq: value.seq,
    logged_at: value.logged_at,
    tick_at: type === 'Tick' ? value.logged_at : tick_at,
    model_version: type === 'ModelApplied' ? value.model_version : model_version,
    import_id: type === 'Tick' ? value.import_id : import_id,
    own_time: type === 'ModelApplied' || type === 'Tick' ? value.own_time : (own_time ?? false),
  };
  if (moving !== undefined) after.moving = moving;
  if (identity_key !== undefined) after.identity_key = identity_key;
  if (lastForAll !== undefined) after.all_seq = lastForAll;
  if (isIdle) after.idle_ticks = (clock.idle_ticks ?? 0) + 1;
  return after;
}

function isForAll(type: Numbered['type']): boolean {
  return type === 'Tick' || type === 'ModelApplied' || type === 'Cost';
}

/** An input that opens a join has its moves before it: they begin when it was opened. */
function movingFrom(moving: Moving | undefined, { input_offset, logged_at }: JoinOpened): Moving {
  return moving?.[0] === input_offset ? moving : [input_offset, '', 0, logged_at];
}

function movingAfter(
  moving: Moving | undefined,
  { cause, input_offset, identifiers: [of = ''], occurred_at, logged_at }: Activity,
): Moving | undefined {
  const isSame = moving?.[0] === input_offset;
  if (cause === 'move') return [input_offset, of, occurred_at, isSame ? moving[3] : logged_at];
  return isSame ? undefined : moving;
}

function remember(state: TableReader, activity: Activity, keeping: Keeping, changes: Change[]): void {
  const { identifiers, lead_id, name, occurred_at, cause, content_hash } = activity;
  const { hash, kept, known } = keeping;
  const [of = ''] = identifiers;
  const event = eventKey(activity, hash);
  const row = heldRow(activity);
  if (aliasOf(state, lead_id) !== undefined) changes.push({ key: aliasKey(lead_id), value: undefined });
  if (cause === 'move') {
    changes.push({ key: heldKey(of, occurred_at, event), value: row });
    return;
  }
  const oldest = activity.logged_at - COUNTS_FOR;
  const identity = identityAfter(state, { name, occurred_at, identifiers, event }, hash);
  for (const change of identity.changes) changes.push(change);
  if (identity.readdressed.size > 0) changes.push(...owedChanges(state, identity));
  const claimed = strongIn(identifiers).length > 0;
  const gone: string[] = [];
  for (const device of claimed ? devicesIn(identifiers) : NONE) {
    const { changes: forgetting, events } = forgotten(identity.after, device, oldest, kept);
    changes.push(...forgetting);
    gone.push(...events);
  }
  const holding = hold(state, of, { occurredAt: occurred_at, event, row }, { kept, oldest });
  for (const change of holding.changes) changes.push(change);
  changes.push({ key: seenKey(event), value: content_hash });
  for (const one of holding.gone) gone.push(one);
  if (gone.length > 0) changes.push(...letGo(state, gone, known));
}

/** Costs are told from their retries within the bounds of one history. */
function rememberCost(state: TableReader, cost: Cost, { hash, kept, known }: Keeping, changes: Change[]): void {
  const event = eventKey(cost, hash);
  const arriving = { occurredAt: cost.occurred_at, event, row: 1 };
  const holding = hold(state, COSTS, arriving, { kept, oldest: cost.logged_at - COUNTS_FOR }, leaveAll);
  changes.push(...holding.changes, { key: seenKey(event), value: cost.content_hash });
  changes.push(...letGo(state, holding.gone, known));
}

const NONE: readonly string[] = [];
