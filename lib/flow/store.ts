import type { InputPosition } from '#lib/flow/position';
import type { Room } from '#lib/flow/room';

/** One write to a table; an undefined value deletes the key. */
export interface Change {
  readonly key: string;
  readonly value: unknown;
}

/** Read access to a task's state: a sorted table of plain data values. Values are shared: never change one. */
export interface TableReader {
  get(key: string): unknown;
  /** Entries with `from` <= key < `to` in order of the keys' UTF-8 bytes. */
  range(from: string, to: string): Iterable<readonly [key: string, value: unknown]>;
  /** The same entries, the last first: who looks for the newest leaves off where it is found. */
  reverseRange(from: string, to: string): Iterable<readonly [key: string, value: unknown]>;
}

/**
 * A task's state on this machine: a cache of a fold over the log, never ahead of it. It can be deleted at any time and is
 * then rebuilt. Passes test/contracts/store.
 */
export interface Store extends TableReader {
  /** Memory for what its user keeps at hand, shared with the other stores of the process; absent: the user has its own. */
  readonly room?: Room;
  /** The positions that the table is the fold of; undefined while empty. */
  positions(): readonly InputPosition[] | undefined;
  /**
   * Applies all changes and the new positions together, if the stored positions are still `expected` (compare and set).
   * Rejects with `store_conflict` if they are not: another instance wrote here, open the task again.
   */
  commit(
    changes: readonly Change[],
    positions: readonly InputPosition[],
    expected: readonly InputPosition[] | undefined,
  ): Promise<void>;
  /** Deletes everything. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

/** Opens the store of a task; two open stores of one task are a bug. */
export type OpenStore = (task: string) => Promise<Store>;
