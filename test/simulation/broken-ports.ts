import type { RunnerOptions } from '#lib/flow/runner';
import type { Process } from '#test/simulation/process';
import type { World } from '#test/simulation/world';

/** The ports as they are, or, where a bug says so, with the steps of the commit in another order. */
export function portsOf(world: World, process: Process, ports: RunnerOptions): RunnerOptions {
  if (world.has('store before log')) return storeFirst(ports);
  if (world.has('rows after log')) return rowsLast(ports, process);
  return ports;
}

/** The log's commit waits for the store's. */
function storeFirst(ports: RunnerOptions): RunnerOptions {
  const waiting = new Map<string, () => Promise<void>>();
  return {
    ...ports,
    log: {
      ...ports.log,
      async open(task) {
        const inner = await ports.log.open(task);
        return {
          ...inner,
          async commit(outputs, positions) {
            if (outputs.length === 0) return inner.commit(outputs, positions);
            waiting.set(task, () => inner.commit(outputs, positions));
          },
        };
      },
    },
    async openStore(task) {
      waiting.delete(task);
      const inner = await ports.openStore(task);
      return {
        ...inner,
        async commit(changes, positions, expected) {
          await inner.commit(changes, positions, expected);
          const commit = waiting.get(task);
          waiting.delete(task);
          await commit?.();
        },
      };
    },
  };
}

/** Rows wait for the log's commit. */
function rowsLast(ports: RunnerOptions, process: Process): RunnerOptions {
  return {
    ...ports,
    sink: {
      async write(rows) {
        void process.clock.sleep(100).then(() => ports.sink.write(rows).catch(() => {}));
      },
    },
  };
}
