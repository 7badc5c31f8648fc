import { outage } from '#lib/flow/errors';
import type { Log, TaskLog } from '#lib/flow/log';
import type { OpenStore, Store } from '#lib/flow/store';
import { createMemoryStore } from '#lib/store/memory';

/** What goes wrong at a step of the commit protocol, drawn one after another. */
export type Fault = 'none' | 'before' | 'after' | 'lost store';

/** Draws the next fault. */
export type Draw = () => Fault;

/** A log whose commits fail now and then: before anything was written, or after, when the answer is lost. */
export function faultyLog(log: Log, draw: Draw): Log {
  return {
    ...log,
    async open(task) {
      const inner = await log.open(task);
      return { ...inner, commit: (outputs, positions) => commit(inner, outputs, positions, draw()) };
    },
  };
}

async function commit(
  inner: TaskLog,
  outputs: Parameters<TaskLog['commit']>[0],
  positions: Parameters<TaskLog['commit']>[1],
  fault: Fault,
): Promise<void> {
  if (fault === 'before') throw outage('the log', new Error('crashed before the commit'));
  await inner.commit(outputs, positions);
  if (fault === 'after') throw outage('the log', new Error('crashed after the commit'));
}

/** Stores that survive their task, are lost now and then, and fail to commit as the log does. */
export function faultyStores(draw: Draw): OpenStore {
  const stores = new Map<string, Store>();
  return async (task) => {
    const kept = stores.get(task);
    const store = kept === undefined || draw() === 'lost store' ? createMemoryStore() : kept;
    stores.set(task, store);
    return {
      ...store,
      async commit(changes, positions, expected) {
        const fault = draw();
        if (fault === 'before') throw outage('the store', new Error('crashed before the store was written'));
        await store.commit(changes, positions, expected);
        if (fault === 'after') throw outage('the store', new Error('crashed after the store was written'));
      },
    };
  };
}
