import { expect, test } from 'vitest';
import { countWithin, newest, withOccurrence, withoutOccurrence } from '#services/trigger/occurrences';
import type { Occurrence } from '#services/trigger/state';

const at = (occurredAt: number, id = `e${occurredAt}`) => ({ id, occurredAt });

test('they stay in order of time and id, each id once', () => {
  const list = [at(2, 'b'), at(1), at(2, 'a'), at(2, 'b')].reduce<readonly Occurrence[]>(withOccurrence, []);
  expect(list.map(({ id }) => id)).toEqual(['e1', 'a', 'b']);
});

test('taking out one that is not there changes nothing', () => {
  const list = [at(1), at(2)];
  expect(withoutOccurrence(list, 'e3')).toBe(list);
  expect(withoutOccurrence(list, 'e1')).toEqual([at(2)]);
});

test('the window reaches back from the activity at hand, both edges included', () => {
  expect(countWithin([at(1), at(2), at(5), at(6)], 5, 3)).toBe(2);
});

test('what is remembered is bounded by time and by number', () => {
  const list = [at(1), at(5), at(6), at(7)];
  expect(newest(list, 2, 100)).toEqual([at(5), at(6), at(7)]);
  expect(newest(list, 100, 2)).toEqual([at(6), at(7)]);
});
