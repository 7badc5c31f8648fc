import { Generations, type Weighed } from '#lib/flow/generations';
import type { Clock } from '#lib/flow/ports';
import type { Room } from '#lib/flow/room';
import type { Change, OpenStore, Store, TableReader } from '#lib/flow/store';
import { Overlay } from '#lib/flow/table';
import { ENTRY_BYTES, weightOf } from '#lib/flow/weight';
import { checkKey } from '#lib/store/key';
import { positionsText, storeConflict } from '#lib/store/positions';

export interface WriteBehindOptions {
  /** Memory for writes that wait, for values read from below, and for what the stores' users have at hand. */
  readonly room: Room;
  /** Writes wait in memory for so long, ms: a crash loses them, and to fold them from the log again takes no longer. */
  readonly wait: number;
  /** So many writes do not wait any longer, nor do those that the room has no place for. */
  readonly waiting: number;
  readonly clock: Clock;
}

/** Stores that gather several commits before they write: a lead that many records concern is written once. */
export function writeBehindStores(open: OpenStore, options: WriteBehindOptions): OpenStore {
  return async (task) => writeBehind(await open(task), options);
}

/** One in so many of the writes that wait is weighed, and stands for the others. */
const SAMPLE = 8;

/** A value as it is below; undefined: there is none, which is asked again and again of the same keys. */
interface Known extends Weighed {
  readonly value: unknown;
}

/** What writes lie on: the store below, or other writes that are on their way there. */
class Ground implements TableReader {
  constructor(public table: TableReader) {}

  get(key: string): unknown {
    return this.table.get(key);
  }

  range(from: string, to: string): Iterable<readonly [string, unknown]> {
    return this.table.range(from, to);
  }

  reverseRange(from: string, to: string): Iterable<readonly [string, unknown]> {
    return this.table.reverseRange(from, to);
  }
}

export function writeBehind(store: Store, { room, wait, waiting, clock }: WriteBehindOptions): Store {
  const [forPending, forRead] = [room.share(), room.share()];
  let read = new Generations<Known>(forRead);
  const below: TableReader = {
    get(key) {
      const known = read.get(key);
      if (known !== undefined) return known.value;
      const value = store.get(key);
      read.add(key, { value, weight: ENTRY_BYTES + weightOf(value) });
      return value;
    },
    range: (from, to) => store.range(from, to),
    reverseRange: (from, to) => store.reverseRange(from, to),
  };
  let ground = new Ground(below);
  let pending = new Overlay(ground);
  let since = clock.now();
  let positions = store.positions();
  /** What the store below holds by our own writes: whoever else writes there is found out. */
  let written = positions;
  /** Of writes that are on their way below. */
  let arrival: Promise<void> | undefined;
  let failure: { readonly error: unknown } | undefined;

  function assertWhole(): void {
    if (failure !== undefined) throw failure.error;
  }

  function startAnew(on: TableReader): void {
    ground = new Ground(on);
    pending = new Overlay(ground);
    since = clock.now();
  }

  /** Sends what is pending below, once what was sent before is there: nobody need wait for it. */
  async function send(): Promise<void> {
    await arrival;
    assertWhole();
    if (positions === undefined || positionsText(positions) === positionsText(written)) return;
    const [to, expected, bytes, changes] = [positions, written, forPending.used, pending.changes()];
    startAnew(pending);
    arrival = store.commit(changes, to, expected).then(
      () => {
        written = to;
        arrived(changes);
        ground.table = below;
        forPending.used -= bytes;
      },
      (error: unknown) => {
        failure = { error };
      },
    );
  }

  function arrived(changes: readonly Change[]): void {
    for (const { key, value } of changes) {
      const known = read.get(key);
      if (known === undefined) continue;
      read.delete(key);
      // What was new is at hand where it was made.
      if (value !== undefined && known.value !== undefined)
        read.add(key, { value, weight: ENTRY_BYTES + weightOf(value) });
    }
  }

  return {
    room,
    get: (key) => pending.get(key),
    range: (from, to) => pending.range(from, to),
    reverseRange: (from, to) => pending.reverseRange(from, to),
    positions: () => positions,
    async commit(changes, to, expected) {
      assertWhole();
      for (const { key } of changes) checkKey(key);
      if (positionsText(positions) !== positionsText(expected)) throw storeConflict('the store');
      for (const { key, value } of changes) {
        const before = pending.size;
        pending.put(key, value);
        // What grows while it waits does not grow for long.
        const isNew = pending.size > before;
        if (isNew && pending.size % SAMPLE === 0) forPending.used += SAMPLE * (ENTRY_BYTES + weightOf(value));
      }
      positions = to;
      read.age();
      const due = clock.now() - since >= wait || pending.size >= waiting;
      if (due || forPending.used > forPending.limit) await send();
    },
    async clear() {
      await arrival;
      startAnew(below);
      failure = undefined;
      forPending.used = 0;
      read = new Generations(forRead);
      forRead.used = 0;
      await store.clear();
      positions = undefined;
      written = undefined;
    },
    async close() {
      try {
        await send();
        await arrival;
        assertWhole();
      } finally {
        forPending.leave();
        forRead.leave();
        await store.close();
      }
    },
  };
}
