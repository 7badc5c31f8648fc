import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Shares, share } from '#lib/log/memory/shares';

describe('sharing partitions', () => {
  it('gives every partition to one member, evenly, and moves no more than it must', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.array(fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { minLength: 1 }), { minLength: 1, maxLength: 6 }),
        (count, changes) => {
          let before: Shares<number> = new Map();
          for (const members of changes) {
            const after = share(count, members, before);
            const all = [...after.values()].flat();
            const sizes = [...after.values()].map((partitions) => partitions.length);
            expect(all.toSorted((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, partition) => partition));
            expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
            for (const member of members) {
              const had = before.get(member) ?? [];
              const has = after.get(member) ?? [];
              const kept = had.filter((partition) => has.includes(partition));
              expect(kept.length).toBe(Math.min(had.length, has.length));
            }
            before = after;
          }
        },
      ),
    );
  });
});
