import { FlowError } from '#lib/flow/errors';
import type { OpenStore, Store } from '#lib/flow/store';
import { createMemoryStore } from '#lib/store/memory';
import { deepFreeze } from '#test/simulation/freeze';
import type { Place, Process } from '#test/simulation/process';
import type { World } from '#test/simulation/world';

function closed(task: string): FlowError {
  return new FlowError('closed', `the store of ${task} is closed`, { retriable: false });
}

const DISK: Place = { name: 'the store', local: true };

/** The disk of one instance: its stores outlive its processes, unless they are lost. */
export class Disk {
  readonly stores = new Map<string, Store>();
  readonly #world: World;
  readonly #open = new Set<string>();

  constructor(world: World) {
    this.#world = world;
  }

  /** How a process on this machine opens its stores. */
  opener(process: Process): OpenStore {
    const world = this.#world;
    const open = this.#open;
    const local = (what: string, act: () => Promise<void>) =>
      process.call<void>(DISK, what, (answer) => void act().then(answer.ok, answer.fail));
    return async (task) => {
      await local(`opens the store of ${task}`, async () => {
        if (!this.stores.has(task)) this.stores.set(task, createMemoryStore());
      });
      if (open.has(task)) world.problem(`${process.name} opens the store of ${task} twice`);
      open.add(task);
      const store = this.stores.get(task);
      if (store === undefined) throw new Error(`the store of ${task} is gone`);
      let isOpen = true;
      const isHeld = () => isOpen && process.alive;
      return {
        get: (key) => store.get(key),
        range: (from, to) => store.range(from, to),
        reverseRange: (from, to) => store.reverseRange(from, to),
        positions: () => store.positions(),
        commit(changes, positions, expected) {
          deepFreeze(changes);
          return local(`stores ${task} at ${positions.map(({ position }) => position.offset).join(' ')}`, async () => {
            if (world.has('no compare and set')) return store.commit(changes, positions, store.positions());
            // As LMDB has it: nothing is written any more by who has closed the store, or is dead.
            if (!isHeld()) throw closed(task);
            await store.commit(changes, positions, expected);
          });
        },
        clear: () => local(`clears the store of ${task}`, () => store.clear()),
        async close() {
          await local(`closes the store of ${task}`, async () => {
            isOpen = false;
          }).finally(() => open.delete(task));
        },
      };
    };
  }

  /** The process on this machine is gone. */
  released(): void {
    this.#open.clear();
  }

  /** Loses each store with this probability. */
  loses(odds: number): void {
    for (const task of [...this.stores.keys()]) {
      if (!this.#world.random.chance(odds)) continue;
      this.stores.delete(task);
      this.#world.stats.storeLosses++;
      this.#world.note(`the store of ${task} is LOST`);
    }
  }
}
