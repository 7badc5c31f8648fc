import type { Hash } from '#lib/flow/ports';
import type { TableReader } from '#lib/flow/store';
import { endOf, timeKey } from '#lib/flow/table';
import type { Activity } from '#schemas/generated/records';
import type { Claim } from '#services/identify/claims';

/** Where the shard stands: the last seq, the last logged time, the last tick, the model in force. Times in ms. */
export interface ShardClock {
  readonly seq: number;
  readonly logged_at: number;
  readonly tick_at: number;
  readonly model_version: string;
}

/** What is known of a device. */
export interface Device {
  readonly claims: readonly Claim[];
}

/** An activity that only its device tells the owner of: it moves when the owner changes. */
export interface Held {
  readonly owner: string;
  readonly activity: Activity;
}

/** What tells a retry: the content that an event id stood for. */
export interface Seen {
  readonly content_hash: string;
}

const NO_CLOCK: ShardClock = { seq: 0, logged_at: 0, tick_at: 0, model_version: '' };
const NO_DEVICE: Device = { claims: [] };

export const CLOCK = 'clock:';

export const leadKey = (strong: string) => `lead:${strong}`;
export const aliasKey = (leadId: string) => `alias:${leadId}`;
export const deviceKey = (device: string) => `device:${device}`;
export const seenKey = (publisher: string, eventId: string, hash: Hash) =>
  `seen:${hash(JSON.stringify([publisher, eventId]))}`;
export const heldKey = (device: string, { occurred_at, publisher, event_id }: Activity, hash: Hash) =>
  `held.${device}:${timeKey(occurred_at)}.${hash(JSON.stringify([publisher, event_id]))}`;

export function clockOf(state: TableReader): ShardClock {
  return (state.get(CLOCK) as ShardClock | undefined) ?? NO_CLOCK;
}

export function deviceOf(state: TableReader, device: string): Device {
  return (state.get(deviceKey(device)) as Device | undefined) ?? NO_DEVICE;
}

/** The lead that a userId or email belongs to. */
export function leadOf(state: TableReader, strong: string): string | undefined {
  return state.get(leadKey(strong)) as string | undefined;
}

/** Whom a merged lead or visitor is part of now; undefined: itself. */
export function aliasOf(state: TableReader, leadId: string): string | undefined {
  return state.get(aliasKey(leadId)) as string | undefined;
}

export function seenOf(state: TableReader, publisher: string, eventId: string, hash: Hash): Seen | undefined {
  return state.get(seenKey(publisher, eventId, hash)) as Seen | undefined;
}

/** A device's held activities in order of time. */
export function* heldBy(state: TableReader, device: string): Iterable<Held> {
  const group = `held.${device}:`;
  for (const [, held] of state.range(group, endOf(group))) yield held as Held;
}
