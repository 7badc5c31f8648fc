import { expect, test } from 'vitest';
import type { Log } from '#lib/flow/log';
import { START } from '#lib/flow/position';
import { startOver } from '#lib/flow/start-over';
import { foldTopology } from '#lib/flow/topology';
import { createMemoryLog } from '#lib/log/memory/log';
import { createMemoryStore } from '#lib/store/memory';

const topology = foldTopology<null, unknown, unknown, null>({
  service: 'rows',
  input: 'in',
  output: undefined,
  fold: {
    name: 'rows',
    describe: () => ({ key: null, seq: 0, loggedAt: 0 }),
    keyOf: () => null,
    initialShared: null,
    broadcast: (shared) => ({ shared, pass: undefined }),
    step: () => ({ state: undefined, emit: [] }),
    wake: () => ({ state: undefined, emit: [] }),
  },
});

const at = (offset: number) => ({ topic: 'in', partition: 0, position: { offset, cursor: 0 } });
const openStore = async () => createMemoryStore();

test('an instance that another fences while it starts over tries again, and the task stands at the beginning', async () => {
  const log = createMemoryLog({ partitions: { in: 1 } });
  await (await log.open('rows-0')).commit([], [at(7)]);
  let opened = 0;
  const racing: Log = {
    ...log,
    async open(task) {
      const own = await log.open(task);
      if (++opened === 1) await (await log.open(task)).commit([], [at(8)]);
      return own;
    },
  };
  await startOver(topology, racing, openStore);
  expect(await log.positionsOf('rows-0', [at(0)])).toEqual([{ ...at(0), position: START }]);
  expect(opened).toBe(2);
});

test('instances that start over at the same time all come to an end', async () => {
  const log = createMemoryLog({ partitions: { in: 4 } });
  await Promise.all([1, 2, 3].map(() => startOver(topology, log, openStore)));
  const inputs = [0, 1, 2, 3].map((partition) => ({ topic: 'in', partition }));
  expect(await log.positionsOf('rows-0', inputs)).toEqual([at(0), undefined, undefined, undefined]);
});
