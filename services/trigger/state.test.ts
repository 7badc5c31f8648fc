import { expect, it } from 'vitest';
import { waiting } from '#lib/model/held';
import { released } from '#services/trigger/joins';
import { kept, NOTHING } from '#services/trigger/state';

it('a lead of which nothing is known any more is forgotten, whether its state was at hand or comes from a store', () => {
  const atHand = kept(undefined, waiting(NOTHING));
  expect(atHand).toBeDefined();
  const stored = structuredClone(atHand);

  for (const before of [atHand, stored]) {
    expect(before && kept(before, released(before))).toBeUndefined();
  }
});
