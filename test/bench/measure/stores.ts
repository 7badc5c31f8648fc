import { systemClock } from '#lib/clock/system';
import type { Sink } from '#lib/flow/ports';
import { Room } from '#lib/flow/room';
import type { OpenStore } from '#lib/flow/store';
import { lmdbStores } from '#lib/store/lmdb';
import { writeBehindStores } from '#lib/store/write-behind';

/** Stores in a folder as an instance has them: app/kafka/instance.ts. */
export function instanceStores(dir: string): OpenStore {
  return writeBehindStores(lmdbStores({ dir }), {
    room: new Room(64 * 1024 * 1024),
    waiting: 32_000,
    wait: 3_000,
    clock: systemClock,
  });
}

/** Of folds that write none. */
export const NO_ROWS: Sink<unknown> = { write: () => Promise.reject(new Error('this fold writes no rows')) };
