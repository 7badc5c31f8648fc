import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareMatches, type Match, withMatches, withoutActivity } from '#services/score/state';

const match: fc.Arbitrary<Match> = fc.record({
  role: fc.constantFrom('points', 'question', 'answer'),
  rule: fc.constantFrom('r', 's'),
  model_version: fc.constant('v1'),
  event_id: fc.constantFrom('a', 'b', 'c'),
  publisher: fc.constantFrom('p', 'q'),
  at: fc.nat(9),
  key: fc.constant(null),
  ahead: fc.boolean(),
  historic: fc.boolean(),
});
const matches = fc.array(match, { maxLength: 12 });

test('matches put in bit by bit stand as if all had been sorted at once', () => {
  fc.assert(
    fc.property(fc.array(matches, { maxLength: 5 }), (parts) => {
      const all = parts.reduce<readonly Match[]>((list, part) => withMatches(list, part), []);
      expect(all).toEqual(parts.flat().sort(compareMatches));
    }),
  );
});

test("an activity's matches go with it, and the list is the same one if it has none", () => {
  fc.assert(
    fc.property(matches, match, (given, { publisher, event_id, at }) => {
      const list = given.toSorted(compareMatches);
      const { gone, left } = withoutActivity(list, { publisher, event_id, occurred_at: at });
      const isItsOwn = (one: Match) => one.publisher === publisher && one.event_id === event_id && one.at === at;
      expect(gone).toEqual(list.filter(isItsOwn));
      expect(left).toEqual(list.filter((one) => !isItsOwn(one)));
      if (gone.length === 0) expect(left).toBe(list);
    }),
  );
});
