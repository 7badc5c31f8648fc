import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { InputPosition, Position } from '#lib/flow/position';
import type { Store } from '#lib/flow/store';

/** A store for one test, empty at first. */
export interface StoreHarness {
  open(): Promise<Store>;
  dispose(): Promise<void>;
}

function at(offset: number, cursor = 0): readonly InputPosition[] {
  return [{ topic: 'lead.activity', partition: 0, position: { offset, cursor } }];
}

function put(key: string, value: unknown) {
  return { key, value };
}

/** What every Store does. */
export function storeContract(name: string, createHarness: () => Promise<StoreHarness>): void {
  describe(`${name} keeps the contract of a store`, () => {
    let harness: StoreHarness;
    let store: Store;
    beforeEach(async () => {
      harness = await createHarness();
      store = await harness.open();
    });
    afterEach(async () => {
      await store.close();
      await harness.dispose();
    });

    const entries = (from: string, to: string) => [...store.range(from, to)];
    /** Keys of a range, which read from its end are the same. */
    const keys = (from: string, to: string) => {
      const forward = entries(from, to).map(([key]) => key);
      expect([...store.reverseRange(from, to)].map(([key]) => key)).toEqual(forward.toReversed());
      return forward;
    };

    it('is empty at first, without positions', () => {
      expect(store.positions()).toBeUndefined();
      expect(store.get('lead')).toBeUndefined();
      expect(entries('', '\u{10ffff}')).toEqual([]);
    });

    it('gives back what was committed, with the positions', async () => {
      await store.commit([put('a', { score: 1 }), put('b', 'text')], at(3, 7), undefined);

      expect(store.get('a')).toEqual({ score: 1 });
      expect(store.get('b')).toBe('text');
      expect(store.positions()).toEqual(at(3, 7));
    });

    it('replaces and deletes', async () => {
      await store.commit([put('a', 1), put('b', 2), put('c', 3)], at(1), undefined);
      await store.commit([put('a', 10), put('b', undefined), put('never', undefined)], at(2), at(1));

      expect(entries('a', 'z')).toEqual([
        ['a', 10],
        ['c', 3],
      ]);
    });

    it('the last of several changes to a key counts', async () => {
      await store.commit([put('a', 1), put('a', 2), put('b', 1), put('b', undefined)], at(1), undefined);

      expect(entries('a', 'z')).toEqual([['a', 2]]);
    });

    it('commits positions without any change', async () => {
      await store.commit([], at(1), undefined);
      await store.commit([], at(1, 5), at(1));

      expect(store.positions()).toEqual(at(1, 5));
    });

    describe('compare and set', () => {
      const conflict = { code: 'store_conflict' };

      it.each<[string, readonly InputPosition[] | undefined]>([
        ['none', undefined],
        ['another offset', at(2)],
        ['another cursor', at(1, 1)],
        ['another partition', [{ topic: 'lead.activity', partition: 1, position: { offset: 1, cursor: 0 } }]],
        ['one more input', [...at(1), { topic: 'lead.scores', partition: 0, position: { offset: 0, cursor: 0 } }]],
      ])('refuses a commit that expects %s, and changes nothing', async (_case, expected) => {
        await store.commit([put('a', 1)], at(1), undefined);

        await expect(store.commit([put('a', 2), put('b', 2)], at(9), expected)).rejects.toMatchObject(conflict);
        expect(entries('a', 'z')).toEqual([['a', 1]]);
        expect(store.positions()).toEqual(at(1));
      });

      it('refuses positions on an empty store', async () => {
        await expect(store.commit([put('a', 1)], at(2), at(1))).rejects.toMatchObject(conflict);
        expect(store.positions()).toBeUndefined();
      });

      it('only one of two commits that expect the same wins', async () => {
        const outcomes = await Promise.allSettled([
          store.commit([put('a', 'first')], at(1), undefined),
          store.commit([put('a', 'second')], at(1, 1), undefined),
        ]);

        expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
        expect(store.get('a')).toBe('first');
        expect(store.positions()).toEqual(at(1));
      });

      it('positions are equal in whatever order they are listed', async () => {
        const position: Position = { offset: 1, cursor: 0 };
        const one = { topic: 'lead.activity', partition: 0, position };
        const two = { topic: 'lead.activity', partition: 1, position };
        await store.commit([], [one, two], undefined);
        await store.commit([put('a', 1)], [two, one], [two, one]);

        expect(store.get('a')).toBe(1);
      });
    });

    describe('keys', () => {
      it('are in order of their UTF-8 bytes, whatever the alphabet', async () => {
        const inOrder = ['a', 'a\u0000', 'a\u0001b', 'aa', 'b', 'z', 'é', 'ß'.repeat(3), '東京', '\uffee', '😀', '𝒳'];
        const sorted = inOrder.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
        await store.commit(
          inOrder.toReversed().map((key) => put(key, key)),
          at(1),
          undefined,
        );

        expect(keys('', '\u{10ffff}')).toEqual(sorted);
        expect(keys('\uffee', '\u{10ffff}')).toEqual(sorted.slice(sorted.indexOf('\uffee')));
      });

      it('a range includes its start and excludes its end', async () => {
        await store.commit(
          ['lead/1', 'lead/2', 'lead/3', 'other'].map((key) => put(key, 0)),
          at(1),
          undefined,
        );

        expect(keys('lead/1', 'lead/3')).toEqual(['lead/1', 'lead/2']);
        expect(keys('lead/', 'lead0')).toEqual(['lead/1', 'lead/2', 'lead/3']);
        expect(keys('lead/2', 'lead/2')).toEqual([]);
        expect(keys('other', 'lead/')).toEqual([]);
      });

      it('up to 1978 bytes are possible; longer and empty ones are refused before anything is written', async () => {
        const longest = 'é'.repeat(989);
        await store.commit([put(longest, 'long')], at(1), undefined);
        expect(store.get(longest)).toBe('long');
        expect(keys(longest, `${longest.slice(0, 988)}ê`)).toEqual([longest]);

        await expect(store.commit([put('a', 1), put(`${longest}!`, 1)], at(2), at(1))).rejects.toThrow('1979 bytes');
        await expect(store.commit([put('a', 1), put('', 1)], at(2), at(1))).rejects.toThrow('must not be empty');
        expect(store.get('a')).toBeUndefined();
        expect(store.positions()).toEqual(at(1));
      });

      it('thousands stay in order while they come and go', async () => {
        const all = Array.from({ length: 5000 }, (_, n) => ((n * 7919) % 5000).toString(36).padStart(4, '0'));
        await store.commit(
          all.map((key) => put(key, key)),
          at(1),
          undefined,
        );
        const odd = all.filter((_, index) => index % 3 > 0);
        await store.commit(
          odd.map((key) => put(key, undefined)),
          at(2),
          at(1),
        );
        const left = all.filter((key) => !odd.includes(key)).toSorted();

        expect(keys('', '~')).toEqual(left);
        expect(keys('1', '2')).toEqual(left.filter((key) => key >= '1' && key < '2'));
      });
    });

    it('a range may be left before its end', async () => {
      await store.commit([put('a', 1), put('b', 2), put('c', 3)], at(1), undefined);
      for (const [key] of store.range('a', 'z')) {
        if (key === 'b') break;
      }
      for (const [key] of store.reverseRange('a', 'z')) {
        if (key === 'b') break;
      }
      await store.commit([put('a', undefined)], at(2), at(1));

      expect(keys('a', 'z')).toEqual(['b', 'c']);
    });

    it('plain data comes back as it was: null is not undefined, bytes are bytes', async () => {
      const value = {
        none: null,
        missing: undefined,
        list: [undefined, null, 0, -1.5, 1e300, 2 ** 53 - 1, Number.NaN, Number.POSITIVE_INFINITY],
        text: ['', 'é', '\u0000', '😀'],
        flags: [true, false],
        nested: { 'a key': { deeper: [{}] } },
      };
      const bytes = Uint8Array.of(0, 128, 255);
      await store.commit(
        [put('value', value), put('null', null), put('false', false), put('bytes', bytes)],
        at(1),
        undefined,
      );

      expect(store.get('value')).toEqual(value);
      expect(Object.keys(Object(store.get('value')))).toEqual(Object.keys(value));
      expect(store.get('null')).toBeNull();
      expect(store.get('false')).toBe(false);
      expect(entries('null', 'o')).toEqual([['null', null]]);
      const read = store.get('bytes');
      expect(read instanceof Uint8Array && [...read]).toEqual([0, 128, 255]);
    });

    it('any JSON value comes back as it was', async () => {
      let offset = 0;
      await fc.assert(
        fc.asyncProperty(fc.jsonValue({ stringUnit: 'binary' }), async (given) => {
          const text = JSON.stringify(given);
          fc.pre(!text.includes('"__proto__":')); // not a name that an object can have without harm
          const value: unknown = JSON.parse(text);
          const before = store.positions();
          await store.commit([put('any', value)], at(++offset), before);
          expect(store.get('any')).toEqual(value);
        }),
        { numRuns: 200 },
      );
    });

    it('clear deletes everything, the positions too', async () => {
      await store.commit([put('a', 1)], at(1), undefined);
      await store.clear();

      expect(entries('', '~')).toEqual([]);
      expect(store.positions()).toBeUndefined();
      await store.commit([put('b', 1)], at(1), undefined);
      expect(keys('', '~')).toEqual(['b']);
    });
  });
}
