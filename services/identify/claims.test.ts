import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Overlay } from '#lib/flow/table';
import { allRuns, claimed, claimGroup, type Run, userAt } from '#services/identify/claims';
import { placeOf } from '#services/identify/state';

const DEVICE = 'anonymous.d';
const claim = fc.record({ by: fc.constantFrom('ann', 'bob', 'cyd'), at: fc.integer({ min: 0, max: 30 }) });
const claims = fc.uniqueArray(claim, { selector: ({ at }) => at, maxLength: 12 });

type Claims = readonly { readonly by: string; readonly at: number }[];

/** The runs of claims as they come, one after another, and the table that holds them. */
function heard(inOrder: Claims) {
  const table = new Overlay();
  let runs: readonly Run[] = [];
  for (const { by, at } of inOrder) {
    const place = placeOf(at, `e${at}`);
    table.put(claimGroup(DEVICE) + place, by);
    runs = claimed(table, DEVICE, runs, by, place).runs;
  }
  return { table, runs };
}

/** The rule itself: the last identify at or before the time, else the first after. */
function userByRule(identifies: Claims, at: number): string | undefined {
  const sorted = [...identifies].sort((a, b) => a.at - b.at);
  return (sorted.findLast((one) => one.at <= at) ?? sorted[0])?.by;
}

test('a device is of whom the last identify at or before the time names, else of the first after, in whatever order they come', () => {
  fc.assert(
    fc.property(claims, fc.integer({ min: -1, max: 31 }), (identifies, at) => {
      expect(userAt(heard(identifies).runs, at)).toBe(userByRule(identifies, at));
    }),
  );
});

test('runs that were built claim by claim are those of all claims', () => {
  fc.assert(
    fc.property(claims, (identifies) => {
      const { table, runs } = heard(identifies);
      expect(runs).toEqual(allRuns(table, DEVICE));
    }),
  );
});

test('a claim changes no owner outside of the stretch that it names', () => {
  fc.assert(
    fc.property(claims, claim, fc.integer({ min: 0, max: 31 }), (identifies, late, at) => {
      const { table, runs } = heard(identifies);
      const place = placeOf(late.at, 'late');
      table.put(claimGroup(DEVICE) + place, late.by);
      const after = claimed(table, DEVICE, runs, late.by, place);
      if (userAt(runs, at) === userAt(after.runs, at)) return;
      expect(after.from).toBeLessThanOrEqual(at);
      if (after.to !== undefined) expect(after.to).toBeGreaterThan(at);
    }),
  );
});
