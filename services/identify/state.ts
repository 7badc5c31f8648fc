import type { TableReader } from '#lib/flow/store';
import { TIME_LENGTH, timeKey } from '#lib/flow/table';

/** Where the shard stands: the last seq, the last logged time, the last tick, the model in force. Times in ms. */
export interface ShardClock {
  readonly seq: number;
  readonly logged_at: number;
  readonly tick_at: number;
  readonly model_version: string;
  /** Fingerprint of the key that identifiers are hashed with; absent: there is none. */
  readonly identity_key?: string;
  /** The last seq that went to all partitions; absent: not known. */
  readonly all_seq?: number;
  /** Ticks in a row before which nothing came since the last. */
  readonly idle_ticks?: number;
  /** Nothing but imports that brought their own time was logged. */
  readonly own_time?: boolean;
  /** The import whose records bring their own time; null: none is under way. */
  readonly import_id?: string | null;
  /** Of the input whose joins and moves take several decisions. */
  readonly moving?: Moving;
}

/**
 * How far the moves are that an input brings: in whose history the last one was (empty: none was yet), when it occurred, and when
 * the first one was logged or the join opened that they wait for, ms.
 */
export type Moving = readonly [input: number, identifier: string, at: number, since: number];

const NO_CLOCK: ShardClock = { seq: 0, logged_at: 0, tick_at: 0, model_version: '' };
const EMPTY: Extent = [0, ''];

export const CLOCK = 'clock:';
/** The files of the model in force. */
export const MODEL = 'model:';

export const aliasKey = (leadId: string) => `alias:${leadId}`;
/** `event` as in eventKey. */
export const seenKey = (event: string) => `seen:${event}`;
export const extentKey = (identifier: string) => `extent:${identifier}`;
export const heldKey = (identifier: string, occurredAt: number, event: string) =>
  `${heldGroup(identifier)}${placeOf(occurredAt, event)}`;

/** Place of an event in a history: by time, then by event. */
export const placeOf = (occurredAt: number, event: string) => `${timeKey(occurredAt)}.${event}`;

export const heldGroup = (identifier: string) => `held.${identifier}:`;

/** The event that a key of a history names. */
export function eventIn(key: string, group: string): string {
  return key.slice(group.length + TIME_LENGTH + 1);
}

export function clockOf(state: TableReader): ShardClock {
  return (state.get(CLOCK) as ShardClock | undefined) ?? NO_CLOCK;
}

/** Whom a merged lead or visitor went into; undefined: it has activities, or never had any. */
export function aliasOf(state: TableReader, leadId: string): string | undefined {
  return state.get(aliasKey(leadId)) as string | undefined;
}

/** The content that an event id stood for, as a hash: what tells a retry. */
export function seenOf(state: TableReader, event: string): string | undefined {
  return state.get(seenKey(event)) as string | undefined;
}

/** The activities in an identifier's history, and a place before which it has none: what was let go of is not looked through. */
export type Extent = readonly [count: number, from: string];

export function extentOf(state: TableReader, identifier: string): Extent {
  return (state.get(extentKey(identifier)) as Extent | undefined) ?? EMPTY;
}
