import type { Log, LogReader } from '#lib/flow/log';

/** Draws how many turns of the event loop a read takes longer. */
export type DrawDelay = () => number;

/** A log whose partitions are read at changing speeds: what was written first may be seen last. */
export function slowLog(log: Log, draw: DrawDelay): Log {
  return {
    ...log,
    reader<Value>(...place: Parameters<Log['reader']>): LogReader<Value> {
      const inner = log.reader<Value>(...place);
      return {
        ...inner,
        async next(limit, signal) {
          for (let turns = draw(); turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve));
          // A page of one now and then, so that partitions take turns.
          return inner.next(draw() % 2 === 0 ? 1 : limit, signal);
        },
        close: () => inner.close(),
      };
    },
  };
}
