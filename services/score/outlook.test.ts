import { expect, test } from 'vitest';
import { DAY, type GivenModel, givenScore } from '#services/score/given';
import { NOON } from '#test/given/activity';

const move = (to: string, when: { kind: 'score'; atLeast: number } | { kind: 'score_below'; below: number }) => ({
  ...{ id: to, from: new Set(['visitor']), to, reason: '', when: [when] },
});
const model: GivenModel = {
  rules: [
    { id: 'trial', points: 50 },
    { id: 'visited', points: 10, expiresAfter: 2 * DAY },
    {
      id: 'not_opened',
      on: 'sent',
      points: -10,
      absence: { answeredBy: new Set(['opened']), within: DAY, same: () => 'm' },
    },
  ],
  moves: [
    move('mql', { kind: 'score', atLeast: 50 }),
    move('sql', { kind: 'score', atLeast: 80 }),
    move('lead', { kind: 'score_below', below: 35 }),
  ],
};

test('what a score will do if nothing more happens', () => {
  const ada = givenScore(model);
  ada.does({ name: 'trial' }, { name: 'visited' });
  const { next, waiting, thresholds, in_7_days, in_30_days } = ada.outlook(NOON);

  expect(next).toEqual([
    { event_id: 'e2', rule: 'visited', points: 10, in_7_days: 0, ends_at: NOON + 2 * DAY },
    { event_id: 'e1', rule: 'trial', points: 50, in_7_days: 50 * 2 ** (-7 / 30), ends_at: null },
  ]);
  expect(waiting).toEqual([]);
  expect(thresholds.map(({ stage, score, direction }) => [stage, score, direction])).toEqual([
    ['mql', 50, 'falls_below'],
    ['lead', 35, 'falls_below'],
  ]);
  for (const { score, at } of thresholds) {
    expect(ada.explain(at - 1).score).toBeGreaterThanOrEqual(score);
    expect(ada.explain(at).score).toBeLessThan(score);
  }
  expect(in_7_days).toBe(ada.explain(NOON + 7 * DAY).score);
  expect(in_30_days).toBe(25);
});

test('what waits, and what it will do', () => {
  const ada = givenScore(model);
  ada.does({ name: 'trial' }, { name: 'sent' });
  const { waiting, thresholds } = ada.outlook(NOON);
  expect(waiting).toEqual([{ rule: 'not_opened', event_id: 'e2', at: NOON + DAY, points: -10 }]);
  expect(thresholds.map(({ score, at }) => [score, at])).toContainEqual([50, NOON + 1]);
});

test('nobody has no future', () => {
  const ada = givenScore(model);
  expect(ada.outlook(NOON)).toEqual({ next: [], waiting: [], thresholds: [], in_7_days: 0, in_30_days: 0 });
});
