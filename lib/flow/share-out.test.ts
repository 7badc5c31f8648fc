import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shareOut } from '#lib/flow/share-out';

const progress = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 11 }), fc.integer({ min: 0, max: 100 })), { maxLength: 12 })
  .map((pairs) => new Map(pairs));

describe('sharing out', () => {
  it('gives every share to one member, evenly, whatever order the members are listed in', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.uniqueArray(fc.record({ id: fc.string({ minLength: 1, maxLength: 3 }), progress }), {
          minLength: 1,
          maxLength: 6,
          selector: ({ id }) => id,
        }),
        (count, members) => {
          const given = shareOut(count, members);
          const all = [...given.values()].flat();
          const sizes = [...given.values()].map((shares) => shares.length);

          expect(all.toSorted((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, share) => share));
          expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
          expect(shareOut(count, members.toReversed())).toEqual(given);
        },
      ),
    );
  });

  it('moves no more than it must when members come and go', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.array(fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), { minLength: 1 }), {
          minLength: 1,
          maxLength: 6,
        }),
        (count, changes) => {
          let before: ReadonlyMap<string, readonly number[]> = new Map();
          for (const ids of changes) {
            const members = ids.map((id) => ({ id, progress: new Map(before.get(id)?.map((share) => [share, 1])) }));
            const after = shareOut(count, members);
            for (const id of ids) {
              const had = before.get(id) ?? [];
              const has = after.get(id) ?? [];
              expect(had.filter((share) => has.includes(share)).length).toBe(Math.min(had.length, has.length));
            }
            before = after;
          }
        },
      ),
    );
  });

  it('gives a share to whoever has its newest store', () => {
    const given = shareOut(3, [
      {
        id: 'a',
        progress: new Map([
          [0, 10],
          [1, 10],
          [2, 10],
        ]),
      },
      {
        id: 'b',
        progress: new Map([
          [0, 9],
          [1, 11],
        ]),
      },
      { id: 'c', progress: new Map() },
    ]);

    expect(given).toEqual(
      new Map([
        ['a', [0]],
        ['b', [1]],
        ['c', [2]],
      ]),
    );
  });
});
