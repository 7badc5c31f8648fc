import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Claim, claimed, ownerAt } from '#services/identify/claims';

const claim = fc.record({ lead: fc.constantFrom('ann', 'bob', 'cyd'), at: fc.integer({ min: 0, max: 30 }) });

/** The rule itself: the last identify at or before the time, else the first after. */
function ownerByRule(
  identifies: readonly { readonly lead: string; readonly at: number }[],
  at: number,
): string | undefined {
  const sorted = [...identifies].sort((a, b) => a.at - b.at);
  return (sorted.findLast((one) => one.at <= at) ?? sorted[0])?.lead;
}

test('an event of a device belongs to the last identify at or before it, else to the first after', () => {
  const distinct = fc.uniqueArray(claim, { selector: ({ at }) => at, maxLength: 12 });
  fc.assert(
    fc.property(distinct, fc.integer({ min: -1, max: 31 }), (identifies, at) => {
      const inOrder = [...identifies].sort((a, b) => a.at - b.at);
      const claims = inOrder.reduce<readonly Claim[]>((known, { lead, at: when }) => claimed(known, lead, when), []);
      expect(ownerAt(claims, at)).toBe(ownerByRule(identifies, at));
    }),
  );
});

test('an identify that comes late takes the time from it on, until the other person was last seen', () => {
  const claims = ['ann', 'ann'].reduce<readonly Claim[]>((known, lead, i) => claimed(known, lead, 10 + 10 * i), []);
  expect(claims).toEqual([{ lead_id: 'ann', first: 10, last: 20 }]);
  const late = claimed(claims, 'bob', 15);
  expect([9, 14, 15, 19, 20].map((at) => ownerAt(late, at))).toEqual(['ann', 'ann', 'bob', 'bob', 'ann']);
});

test('hearing the same again changes nothing', () => {
  const claims = claimed([], 'ann', 10);
  expect(claimed(claims, 'ann', 10)).toBe(claims);
});
