import { expect, it } from 'vitest';
import { cachedStore } from '#lib/store/cached';
import { createMemoryStore } from '#lib/store/memory';
import { storeContract } from '#test/contracts/store';

storeContract('a cached store', async () => {
  const store = createMemoryStore();
  return { open: async () => cachedStore(store, 2), dispose: async () => {} };
});

it('answers what was committed, not what was asked before, also when a commit fails', async () => {
  const store = cachedStore(createMemoryStore(), 2);
  const at = (offset: number) => [{ topic: 't', partition: 0, position: { offset, cursor: 0 } }];
  expect(store.get('a')).toBeUndefined();
  await store.commit([{ key: 'a', value: 1 }], at(1), undefined);
  expect(store.get('a')).toBe(1);
  await expect(store.commit([{ key: 'a', value: 2 }], at(2), undefined)).rejects.toThrow();
  expect(store.get('a')).toBe(1);
  await store.commit([{ key: 'a', value: undefined }], at(2), at(1));
  expect(store.get('a')).toBeUndefined();
});
