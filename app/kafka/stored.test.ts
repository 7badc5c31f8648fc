import { existsSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { storedProgress } from '#app/kafka/stored';
import { lmdbStores } from '#lib/store/lmdb';
import { testFolder } from '#test/contracts/folder';

const service = {
  service: 'handoff',
  sharing: { topics: ['stages'], shares: 3 },
  writes: [],
  nameOf: (share: number) => `handoff-${share}`,
  taskOf: () => {
    throw new Error('nothing runs');
  },
};

test('the stores of a service tell how far they are; a share without one is not there, and none is made', async () => {
  const folder = testFolder();
  onTestFinished(() => folder.remove());
  const at = (partition: number, offset: number) => ({ topic: 'stages', partition, position: { offset, cursor: 5 } });
  const open = lmdbStores({ dir: folder.dir });
  const store = await open('handoff-1');
  await store.commit([], [at(0, 7), at(1, 4)], undefined);
  await store.close();
  await (await open('handoff-2')).close();
  const progress = await storedProgress(folder.dir, service);
  expect([...progress]).toEqual([
    [1, 11],
    [2, 0],
  ]);
  expect(existsSync(`${folder.dir}/handoff-0`)).toBe(false);
});
