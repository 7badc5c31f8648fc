import type { TableReader } from '#lib/flow/store';
import { endOf, timeKey } from '#lib/flow/table';
import type { Claim } from '#services/identify/claims';
import { type Held, type HeldRow, heldOf } from '#services/identify/held';

/** Where the shard stands: the last seq, the last logged time, the last tick, the model in force. Times in ms. */
export interface ShardClock {
  readonly seq: number;
  readonly logged_at: number;
  readonly tick_at: number;
  readonly model_version: string;
  /** An import brings its own time. */
  readonly own_time?: boolean;
}

/** What is known of a device. */
export interface Device {
  readonly claims: readonly Claim[];
}

const NO_CLOCK: ShardClock = { seq: 0, logged_at: 0, tick_at: 0, model_version: '' };
const NO_DEVICE: Device = { claims: [] };

export const CLOCK = 'clock:';

export const leadKey = (strong: string) => `lead:${strong}`;
export const aliasKey = (leadId: string) => `alias:${leadId}`;
export const deviceKey = (device: string) => `device:${device}`;
/** `event` as in eventKey. */
export const seenKey = (event: string) => `seen:${event}`;
export const heldKey = (device: string, occurredAt: number, event: string) =>
  `${heldGroup(device)}${timeKey(occurredAt)}.${event}`;

const heldGroup = (device: string) => `held.${device}:`;

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

/** The content that an event id stood for, as a hash: what tells a retry. */
export function seenOf(state: TableReader, event: string): string | undefined {
  return state.get(seenKey(event)) as string | undefined;
}

/** A device's held activities in order of time. */
export function* heldBy(state: TableReader, device: string): Iterable<Held> {
  const group = heldGroup(device);
  for (const [, row] of state.range(group, endOf(group))) yield heldOf(device, row as HeldRow);
}
