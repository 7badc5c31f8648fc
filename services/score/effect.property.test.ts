import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Contribution } from '#schemas/generated/records';
import { effectOf } from '#services/score/effect';

const contribution: fc.Arbitrary<Contribution> = fc.record({
  event_id: fc.constantFrom('a', 'b', 'c'),
  rule: fc.constantFrom('r', 's'),
  model_version: fc.constant('v1'),
  occurred_at: fc.nat(5),
  raw: fc.constant(1),
  points: fc.integer({ min: -9, max: 9 }),
  capped: fc.constant(0),
});

/** In order of their dates, and in any order within a date. */
const contributions = fc
  .array(contribution, { maxLength: 14 })
  .map((list) => list.sort((a, b) => a.occurred_at - b.occurred_at));

const nameOf = ({ occurred_at, event_id, rule }: Contribution) => `${occurred_at} ${event_id} ${rule}`;

function without(list: readonly Contribution[], others: readonly Contribution[]): Contribution[] {
  const left = others.map(nameOf);
  return list.filter((one) => {
    const place = left.indexOf(nameOf(one));
    if (place < 0) return true;
    left.splice(place, 1);
    return false;
  });
}

test('what is added and removed is the difference of the two lists, each of several alike for itself', () => {
  fc.assert(
    fc.property(contributions, contributions, (before, after) => {
      const { added, removed } = effectOf(before, after, 9);
      expect(added).toEqual(without(after, before));
      expect(removed).toEqual(without(before, after));
    }),
  );
});
