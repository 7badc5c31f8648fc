import { expect, test } from 'vitest';
import type { Fold } from '#lib/flow/fold';
import { START } from '#lib/flow/position';
import { settleStateVersion } from '#lib/flow/state-version';
import { foldTopology } from '#lib/flow/topology';
import { createMemoryStore } from '#lib/store/memory';

const topology = (stateVersion?: number) =>
  foldTopology({
    service: 'any',
    input: 'in',
    output: 'out',
    fold: {} as Fold<unknown, unknown, unknown, unknown>,
    ...(stateVersion === undefined ? {} : { stateVersion }),
  });

const start = [{ topic: 'in', partition: 0, position: START }];
const later = [{ topic: 'in', partition: 0, position: { offset: 7, cursor: 0 } }];

/** A store in which a chain in these versions has folded seven records. */
async function filled(...versions: (number | undefined)[]) {
  const store = createMemoryStore();
  await settleStateVersion(store, versions.map(topology), start);
  await store.commit([{ key: 's0:ann', value: 'a state' }], later, store.positions());
  return store;
}

test('a store of the same versions stays as it is', async () => {
  const store = await filled(undefined, 2);
  await settleStateVersion(store, [topology(1), topology(2)], start);
  expect([store.get('s0:ann'), store.positions()]).toEqual(['a state', later]);
});

test('a store in another version of any fold of the chain is emptied, to be rebuilt from the beginning', async () => {
  const store = await filled(1, 2);
  await settleStateVersion(store, [topology(1), topology(3)], start);
  expect([store.get('s0:ann'), store.positions()]).toEqual([undefined, start]);
});

test('so is one that knows of no version', async () => {
  const store = createMemoryStore();
  await store.commit([{ key: 's0:ann', value: 'a state' }], later, undefined);
  await settleStateVersion(store, [topology()], start);
  expect([store.get('s0:ann'), store.positions()]).toEqual([undefined, start]);
});
