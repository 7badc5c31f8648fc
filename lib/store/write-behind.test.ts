import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Room } from '#lib/flow/room';
import type { Store } from '#lib/flow/store';
import { createMemoryStore } from '#lib/store/memory';
import { writeBehind } from '#lib/store/write-behind';
import { storeContract } from '#test/contracts/store';

const at = (offset: number) => [{ topic: 't', partition: 0, position: { offset, cursor: 0 } }];

const NEVER = 1e9;
let now = 0;
const clock = { now: () => now, sleep: async () => {} };
const options = (waiting: number, room = new Room(3000)) => ({ waiting, wait: NEVER, room, clock });

storeContract('a store that writes behind', async () => {
  const store = createMemoryStore();
  return { open: async () => writeBehind(store, options(3)), dispose: async () => {} };
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
      const store = writeBehind(below, options(5));
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

describe('writes wait', () => {
  /** Eight keys of so many characters together. */
  const commit = (store: Store, offset: number, characters: number) => {
    const values = Array.from({ length: 8 }, (_, n) => ({
      key: `a:${offset}.${n}`,
      value: 'x'.repeat(characters / 8),
    }));
    return store.commit(values, at(offset), store.positions());
  };

  it('until there are so many', async () => {
    const below = createMemoryStore();
    const store = writeBehind(below, options(16, new Room(10_000)));
    await commit(store, 1, 8);
    expect(below.positions()).toBeUndefined();
    await commit(store, 2, 8);
    expect(below.positions()).toEqual(at(2));
  });

  it('for so long', async () => {
    const below = createMemoryStore();
    const store = writeBehind(below, { ...options(100, new Room(10_000)), wait: 50 });
    await commit(store, 1, 8);
    now += 49;
    await commit(store, 2, 8);
    expect(below.positions()).toBeUndefined();
    now += 1;
    await commit(store, 3, 8);
    expect(below.positions()).toEqual(at(3));
  });

  it('as long as there is room, which all stores share', async () => {
    const room = new Room(100_000);
    const [below, other] = [createMemoryStore(), createMemoryStore()];
    const store = writeBehind(below, options(100, room));
    const full = writeBehind(other, options(100, room));
    await commit(full, 1, 80_000);
    await commit(store, 1, 10_000);
    expect([below.positions(), other.positions()]).toEqual([undefined, undefined]);
    await commit(store, 2, 30_000);
    expect(below.positions()).toEqual(at(2));

    await full.close();
    await commit(store, 3, 80_000);
    expect(below.positions()).toEqual(at(2));
    await store.close();
    expect(below.positions()).toEqual(at(3));
  });
});

it('what is not there is asked for below once, and read when it has been written', async () => {
  const below = createMemoryStore();
  const asked: string[] = [];
  const store = writeBehind(
    {
      ...below,
      get(key) {
        asked.push(key);
        return below.get(key);
      },
    },
    options(1),
  );
  expect([store.get('a:1'), store.get('a:1')]).toEqual([undefined, undefined]);
  expect(asked).toEqual(['a:1']);

  await store.commit([{ key: 'a:1', value: 'new' }], at(1), undefined);
  await store.commit([{ key: 'a:2', value: 'other' }], at(2), at(1));
  await store.close();
  expect(store.get('a:1')).toBe('new');
});

describe('writes on their way below', () => {
  const put = (key: string, value: unknown) => [{ key, value }];

  /** A store below that takes writes only when it is let, or refuses them. */
  function slow() {
    const store = createMemoryStore();
    const waiting: { readonly run: () => Promise<void>; readonly fail: (error: Error) => void }[] = [];
    const below: Store = {
      ...store,
      commit: (...args) =>
        new Promise((resolve, reject) => {
          waiting.push({ run: () => store.commit(...args).then(resolve, reject), fail: reject });
        }),
    };
    return { below, next: () => waiting.shift() };
  }

  it('keep no commit waiting, and are read meanwhile', async () => {
    const { below, next } = slow();
    const store = writeBehind(below, options(1));
    await store.commit(put('i.x:1', 'first'), at(1), undefined);
    const sent = next();
    const later = store.commit([...put('i.x:1', 'second'), ...put('i.x:2', 'new')], at(2), at(1));

    expect(below.positions()).toBeUndefined();
    expect([...store.range('i.x:', 'i.x;')]).toEqual([
      ['i.x:1', 'second'],
      ['i.x:2', 'new'],
    ]);
    await sent?.run();
    await later;
    expect(below.positions()).toEqual(at(1));
    expect(below.get('i.x:1')).toBe('first');
    await next()?.run();
    expect([below.positions(), below.get('i.x:1')]).toEqual([at(2), 'second']);
  });

  it('that do not arrive fail what is committed after them', async () => {
    const { below, next } = slow();
    const store = writeBehind(below, options(1));
    await store.commit(put('a:1', 1), at(1), undefined);
    next()?.fail(new Error('the disk is full'));

    await expect(store.commit(put('a:2', 2), at(2), at(1))).rejects.toThrow('the disk is full');
    await expect(store.close()).rejects.toThrow('the disk is full');
  });
});
