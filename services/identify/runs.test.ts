import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Overlay } from '#lib/flow/table';
import { sha256 } from '#lib/hash/sha256';
import { allRuns, userAt } from '#services/identify/claims';
import { identityAfter } from '#services/identify/identity';
import { runsOf } from '#services/identify/runs';

const DEVICE = 'anonymous.d';

/** A device that changes hands often, sometimes several times in one moment; now and then somebody is unmerged from it. */
const claims = fc.array(
  fc.record({
    by: fc.constantFrom('user.ann', 'user.bob', 'user.cyd'),
    at: fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 1, max: 3000 }) }, fc.integer({ min: 1, max: 9 })),
    unmerges: fc.integer({ min: 0, max: 60 }).map((n) => n === 0),
  }),
  { minLength: 50, maxLength: 300, size: 'max' },
);

test('runs that are stored in pages are those of all claims, in whatever order they come', () => {
  fc.assert(
    fc.property(claims, fc.integer({ min: 0, max: 3001 }), fc.integer({ min: 0, max: 100 }), (heard, from, length) => {
      const table = new Overlay();
      for (const [i, { by, at, unmerges }] of heard.entries()) {
        const said = { name: unmerges ? 'unmerged' : 'identified', occurred_at: at, event: `e${i}` };
        table.apply(identityAfter(table, { ...said, identifiers: [by, DEVICE] }, sha256).changes);
      }
      const all = allRuns(table, DEVICE);
      expect(runsOf(table, DEVICE)).toEqual(all);
      const some = runsOf(table, DEVICE, from, from + length);
      for (let at = from; at <= from + length; at++) expect(userAt(some, at)).toBe(userAt(all, at));
    }),
    { numRuns: 200 },
  );
});
