import { expect, test } from 'vitest';
import { curve } from '#services/score/curve';
import { DAY, givenScore } from '#services/score/given';
import { NOON } from '#test/given/activity';

test('the curve is what explain says at each of its times, caps and expiries included', () => {
  const ada = givenScore({ cap: 12, rules: [{ id: 'visited', points: 10, expiresAfter: 9 * DAY }] });
  ada.does({ name: 'visited' }, { name: 'visited', occurred_at: NOON - 2 * DAY });
  const points = curve(ada.state(), ada.inForce(), ada.models, NOON);
  for (const { at, score } of points) expect(score, String(at)).toBe(ada.explain(at).score);
  const scores = new Map(points.map(({ at, score }) => [at, score]));
  expect([scores.get(NOON - 2 * DAY - 1), scores.get(NOON - 2 * DAY), scores.get(NOON)]).toEqual([0, 10, 12]);
  expect([points.at(-1)?.at, points.at(-1)?.score]).toEqual([NOON + 30 * DAY, 0]);
});

test('nobody has no curve', () => {
  const ada = givenScore({ rules: [] });
  expect(curve(ada.state(), ada.inForce(), ada.models, NOON)).toEqual([]);
});
