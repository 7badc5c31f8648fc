import { expect, test } from 'vitest';
import type { Fold } from '#lib/flow/fold';
import { createFoldTask } from '#lib/flow/fold-task';
import type { Clock } from '#lib/flow/ports';
import { foldTopology } from '#lib/flow/topology';
import { createMemoryLog } from '#lib/log/memory/log';
import { createMemoryStore } from '#lib/store/memory';

/** Each record is a row. */
const rows: Fold<null, string, string, null> = {
  name: 'rows',
  describe: (record) => ({ key: record, seq: 0, loggedAt: 0 }),
  keyOf: () => null,
  initialShared: null,
  broadcast: (shared) => ({ shared, pass: undefined }),
  step: (_state, record) => ({ state: undefined, emit: [record] }),
  wake: () => ({ state: undefined, emit: [] }),
};

/** How long the insert of a record waits for others, ms: it comes `since` ms after the last insert, and nothing after it. */
async function waited(since: number, quiet?: number): Promise<readonly number[]> {
  const log = createMemoryLog({ partitions: { in: 1 } });
  const say = (value: string) => log.publish([{ topic: 'in', partition: 0, key: value, value }]);
  const waits: number[] = [];
  const stop = new AbortController();
  let now = 5_000;
  const clock: Clock = {
    now: () => now,
    async sleep(ms) {
      waits.push(ms);
      now += ms;
    },
  };
  let inserts = 0;
  const sink = {
    async write() {
      inserts += 1;
      if (inserts === 2) return stop.abort();
      await say('second');
    },
  };
  await say('first');
  const task = createFoldTask({
    chain: [foldTopology({ service: 'rows', input: 'in', output: undefined, fold: rows })],
    ...{ partition: 0, log, clock, sink, maxRecords: 100, maxSteps: 100, linger: 1_000, quiet },
    openStore: async () => createMemoryStore(),
    observer: {
      committed() {
        // the next batch begins so long after this one
        now += since;
      },
    },
  });
  await task.run(stop.signal);
  return waits;
}

test.each([
  ['until the time between two inserts is over', 300, undefined, [700]],
  ['no longer than others are expected to follow', 300, 100, [100]],
  ['and not beyond the time between two inserts', 950, 100, [50]],
  ['or not at all, where that is over', 2_000, 100, []],
])('rows wait for more %s', async (_, since, quiet, waits) => {
  expect(await waited(since, quiet)).toEqual(waits);
});
