import fc from 'fast-check';
import { expect, test } from 'vitest';
import { storyOf, withActivity, withoutActivity } from '#services/stage/story';
import { activity } from '#test/given/activity';

const done = fc
  .record({ event_id: fc.string({ unit: 'binary' }), occurred_at: fc.nat(30), path: fc.option(fc.string()) })
  .map((fields) => activity(fields));

test('a story tells the 20 newest activities, of one time the last that came first', () => {
  fc.assert(
    fc.property(fc.array(done, { maxLength: 40 }), (activities) => {
      const recent = activities.reduce<readonly string[]>(withActivity, []);
      const newest = activities
        .toReversed()
        .sort((a, b) => b.occurred_at - a.occurred_at)
        .map(({ event_id, name, occurred_at, path }) => ({ event_id, name, occurred_at, what: path }));
      expect(storyOf(recent, []).activities).toEqual(newest.slice(0, 20));
    }),
  );
});

test('what leaves is told no more, whatever its id', () => {
  fc.assert(
    fc.property(fc.array(done, { maxLength: 10 }), done, (others, gone) => {
      const recent = [...others, gone].reduce<readonly string[]>(withActivity, []);
      const told = storyOf(withoutActivity(recent, gone), []).activities;
      expect(told).toEqual(
        storyOf(recent, []).activities.filter(
          ({ event_id, occurred_at }) => event_id !== gone.event_id || occurred_at !== gone.occurred_at,
        ),
      );
      expect(withoutActivity(recent, { ...gone, event_id: `${gone.event_id}${recent.join()}` })).toBe(recent);
    }),
  );
});
