import type { LogReader, LogRecord } from '#lib/flow/log';
import { partitionName, type TopicPartition } from '#lib/flow/position';
import type { Broker } from '#test/simulation/broker/broker';
import { LOG } from '#test/simulation/broker/place';
import type { Answer, Process } from '#test/simulation/process';
import type { World } from '#test/simulation/world';

/** Reads a partition over the network, in pages of any length up to what is asked for. */
export function simulatedReader<Value>(
  world: World,
  broker: Broker,
  process: Process,
  at: TopicPartition,
  from: number,
): LogReader<Value> {
  const partition = broker.partition(at);
  let next = from;
  let open = true;
  const stops = new Set<() => void>();

  function after(found: readonly LogRecord[]): number {
    if (world.has('offsets without gaps')) return next + found.length;
    return (found.at(-1)?.offset ?? next - 1) + 1;
  }

  return {
    next(limit, signal) {
      if (!open || signal.aborted) return Promise.resolve([]);
      return new Promise((resolve, reject) => {
        let waiting = true;
        const letGo = () => {
          waiting = false;
          signal.removeEventListener('abort', stop);
          stops.delete(stop);
        };
        const settle = (act: () => void) => {
          if (!waiting) return;
          process.leftovers.delete(letGo);
          letGo();
          act();
        };
        const stop = () => settle(() => resolve([]));
        const fetch = (answer: Answer<readonly LogRecord[]>) => {
          if (!waiting) return;
          const found = partition.from(next, world.random.whole(1, Math.min(limit, 20)));
          if (found.length > 0) answer.ok(found);
          else partition.wait(() => fetch(answer));
        };
        signal.addEventListener('abort', stop, { once: true });
        stops.add(stop);
        process.leftovers.add(letGo);
        process.call(LOG, `reads ${partitionName(at)} from ${next}`, fetch).then(
          (found) =>
            settle(() => {
              next = after(found);
              // The caller names the type of what was written; nothing here changes a value.
              resolve(found as LogRecord<Value>[]);
            }),
          (error) => settle(() => reject(error)),
        );
      });
    },
    async close() {
      open = false;
      for (const stop of stops) stop();
    },
  };
}
