import { describe, expect, test } from 'vitest';
import { scoreCurve } from '#app/dashboard/curve';
import { COUNTS_FOR, type Fading, fadings, pointsAt } from '#app/dashboard/decay';
import { outlookOf } from '#app/dashboard/outlook';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 5, 1);

function fading(daysAgo: number, raw: number, halfLife = 30 * DAY): Fading {
  const occurred_at = NOW - daysAgo * DAY;
  const points = raw * 2 ** (-(NOW - occurred_at) / halfLife);
  const contribution = { event_id: `e${daysAgo}`, rule: 'pricing', model_version: 'm', occurred_at, raw, points };
  return { contribution, halfLife };
}

describe('the score over time', () => {
  const entries = [fading(60, 10), fading(30, 20), fading(3, -10, Number.POSITIVE_INFINITY)];

  test('is at every point the sum of what the contributions are worth then', () => {
    for (const { at, score } of scoreCurve(entries, NOW).filter(
      (point, index, all) => all[index + 1]?.at !== point.at,
    )) {
      expect(score).toBeCloseTo(
        entries.reduce((sum, entry) => sum + pointsAt(entry, at), 0),
        9,
      );
    }
  });

  test('begins at zero, shows both sides of a step and ends 30 days ahead', () => {
    const curve = scoreCurve(entries, NOW);
    expect(curve[0]).toEqual({ at: NOW - 60 * DAY, score: 0 });
    expect(curve[1]).toEqual({ at: NOW - 60 * DAY, score: 10 });
    const step = curve.filter((point) => point.at === NOW - 30 * DAY).map((point) => point.score);
    expect(step[0]).toBeCloseTo(5, 9);
    expect(step[1]).toBeCloseTo(25, 9);
    expect(curve.at(-1)?.at).toBe(NOW + 30 * DAY);
  });

  test('stays small for a lead with ten thousand contributions', () => {
    const many = Array.from({ length: 10_000 }, (_, index) => fading(index / 40, 1));
    const curve = scoreCurve(many, NOW);
    expect(curve.length).toBeLessThan(400);
    const now = curve.findLast((point) => point.at === NOW);
    expect(now?.score).toBeCloseTo(
      many.reduce((sum, entry) => sum + entry.contribution.points, 0),
      6,
    );
  });

  test('of nobody is empty', () => {
    expect(scoreCurve([], NOW)).toEqual([]);
  });
});

describe('fading points', () => {
  test('halve in a half-life and are gone after 400 days', () => {
    const entry = fading(0, 10);
    expect(pointsAt(entry, NOW + 30 * DAY)).toBeCloseTo(5, 12);
    expect(pointsAt(entry, NOW - 1)).toBe(0);
    expect(pointsAt(entry, NOW + COUNTS_FOR + 1)).toBe(0);
  });

  test('of a rule that the model no longer has follow the contribution itself', () => {
    const { contribution } = fading(15, 10, 60 * DAY);
    const explanation = { lead_id: 'a', at: NOW, score: contribution.points, contributions: [contribution] };
    expect(fadings(explanation, undefined)[0]?.halfLife).toBeCloseTo(60 * DAY, 3);
  });
});

test('the outlook names what changes most, losses and gains alike', () => {
  const outlook = outlookOf([fading(0, 40), fading(0, 10), fading(0, -20), fading(0, 5), fading(390, 0.001)], NOW);
  expect(outlook.next.map((entry) => Math.sign(entry.change))).toEqual([-1, 1, -1]);
  expect(outlook.in_30_days).toBeCloseTo(17.5, 3);
});
