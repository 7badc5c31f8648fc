import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createMemoryStore } from '#lib/store/memory';
import { writeBehind } from '#lib/store/write-behind';
import { storeContract } from '#test/contracts/store';

const at = (offset: number) => [{ topic: 't', partition: 0, position: { offset, cursor: 0 } }];

storeContract('a store that writes behind', async () => {
  const store = createMemoryStore();
  return { open: async () => writeBehind(store, { waiting: 3, cached: 2 }), dispose: async () => {} };
});

it('what is below is always a whole commit of the past, and after closing the last', async () => {
  const change = fc.record({
    key: fc.constantFrom('a:1', 'a:2', 'i.x:1', 'i.x:2'),
    value: fc.option(fc.integer(), { nil: undefined }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(change, { maxLength: 4 }), { maxLength: 10 }), async (commits) => {
      const below = createMemoryStore();
      const plain = createMemoryStore();
      const store = writeBehind(below, { waiting: 5, cached: 2 });
      const past: unknown[] = [[]];
      for (const [i, changes] of commits.entries()) {
        await store.commit(changes, at(i + 1), store.positions());
        await plain.commit(changes, at(i + 1), plain.positions());
        past.push([...plain.range('a', 'z')]);
        expect([...store.range('a', 'z')]).toEqual([...plain.range('a', 'z')]);
        for (const key of ['a:1', 'a:2', 'i.x:1', 'i.x:2']) expect(store.get(key)).toEqual(plain.get(key));
        expect([...below.range('a', 'z')]).toEqual(past[below.positions()?.[0]?.position.offset ?? 0]);
      }
      await store.close();
      expect([...below.range('a', 'z')]).toEqual(past.at(-1));
    }),
  );
});
