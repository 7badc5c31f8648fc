import { describe, expect, test } from 'vitest';
import { DAY, type GivenModel, givenScore } from '#services/score/given';
import { NOON } from '#test/given/activity';

const model: GivenModel = { rules: [{ id: 'trial', points: 50 }], thresholds: [35] };
/** When 50 points are less than 35, to the ms and as scores are rounded. */
const BELOW = NOON + Math.ceil(30 * DAY * Math.log2(50 / (35 - 5e-10)));

describe('a score that falls below a level by time alone', () => {
  test('wakes its lead at the first ms, and once', () => {
    const ada = givenScore(model);
    ada.does({ name: 'trial' });
    ada.tick(BELOW);
    expect(ada.scored()).toHaveLength(1);
    ada.tick(BELOW + 1);
    ada.tick(BELOW + 500 * DAY);
    const [, wake, ...more] = ada.scored();
    expect(more).toEqual([]);
    expect(wake).toMatchObject({ cause: 'wake', cause_id: `threshold@${BELOW}`, at: BELOW, due_at: BELOW });
    expect(wake?.score.before).toBe(wake?.score.after);
    expect(wake?.score.after).toBeLessThan(35);
    expect(ada.explain(BELOW - 1).score).toBeGreaterThanOrEqual(35);
    expect(wake?.historic).toBe(false);
  });

  test('is late for what the lead does meanwhile', () => {
    const ada = givenScore(model);
    ada.does({ name: 'trial' }, { name: 'trial', occurred_at: BELOW - DAY });
    ada.tick(BELOW + DAY);
    expect(ada.scored().map(({ cause }) => cause)).toEqual(['activity', 'activity']);
    ada.tick(BELOW + 100 * DAY);
    expect(ada.scored().map(({ cause }) => cause)).toEqual(['activity', 'activity', 'wake']);
  });

  test('is historic if the newest activity was', () => {
    const ada = givenScore(model);
    ada.does({ name: 'trial', cause: 'historic' });
    ada.tick(BELOW + DAY);
    expect(ada.scored()[1]).toMatchObject({ cause: 'wake', historic: true });
  });

  test('also because a rule expires', () => {
    const ada = givenScore({
      ...model,
      rules: [{ id: 'trial', points: 50, halfLife: Infinity, expiresAfter: 5 * DAY }],
    });
    ada.does({ name: 'trial' });
    ada.tick(NOON + 6 * DAY);
    expect(ada.scored()[1]).toMatchObject({ cause: 'wake', at: NOON + 5 * DAY + 1, score: { before: 0, after: 0 } });
  });
});

test('every level is watched both ways, whichever way its condition asks', () => {
  const ada = givenScore({
    rules: [
      { id: 'trial', points: 60, halfLife: 2 * DAY },
      { id: 'complained', points: -40, halfLife: DAY / 2 },
    ],
    thresholds: [20, 30],
  });
  ada.does({ name: 'trial' }, { name: 'complained' });
  ada.tick(NOON + 30 * DAY);
  const wakes = ada.scored().filter(({ cause }) => cause === 'wake');
  const sides = wakes.map(({ at }) => [at - 1, at].map((time) => ada.explain(time).score));
  expect(sides.map(([before = 0, after = 0]) => [before < 30, after < 30, before < 20, after < 20])).toEqual([
    // rises to 30
    [true, false, false, false],
    // falls below it again
    [false, true, false, false],
    [true, true, false, true],
  ]);
});

test('a score rises to a level when what holds it down decays faster', () => {
  const ada = givenScore({
    rules: [
      { id: 'trial', points: 60, halfLife: Infinity },
      { id: 'complained', points: -40, halfLife: DAY },
    ],
    thresholds: [50],
  });
  ada.does({ name: 'trial' }, { name: 'complained' });
  ada.tick(NOON + 10 * DAY);
  expect(ada.scored()[2]).toMatchObject({ cause: 'wake', cause_id: `threshold@${NOON + 2 * DAY}`, at: NOON + 2 * DAY });
  expect(ada.scored()).toHaveLength(3);
});

test('a cap holds a score up for longer', () => {
  const ada = givenScore({ rules: [{ id: 'trial', points: 50, cap: 60 }], thresholds: [35] });
  ada.does({ name: 'trial' }, { name: 'trial' });
  ada.tick(NOON + 300 * DAY);
  const below = ada.scored()[2]?.at ?? 0;
  expect(ada.explain(below - 1).score).toBeGreaterThanOrEqual(35);
  expect(ada.explain(below).score).toBeLessThan(35);
  expect((below - NOON) / DAY).toBeCloseTo(30 * Math.log2(100 / 35), 5);
});

test('many rules, half-lives and signs do not wake a lead without end', () => {
  const ada = givenScore({
    rules: [1, 2, 3, 5, 8].flatMap((days) => [
      { id: `up${days}`, points: 7 * days, halfLife: days * DAY },
      { id: `down${days}`, points: -6 * days, halfLife: days * DAY * 0.7, expiresAfter: 20 * DAY },
    ]),
    thresholds: [3, 5, 8, 10, 15, 20, 35, 50],
    cap: 60,
  });
  for (const days of [1, 2, 3, 5, 8]) ada.does({ name: `up${days}` }, { name: `down${days}` });
  ada.tick(NOON + 500 * DAY);
  const wakes = ada.scored().filter(({ cause }) => cause === 'wake');
  expect(wakes.length).toBeGreaterThan(0);
  expect(wakes.length).toBeLessThan(20);
  expect(new Set(wakes.map(({ cause_id }) => cause_id)).size).toBe(wakes.length);
});
