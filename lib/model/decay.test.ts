import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decay } from '#lib/model/decay';

const DAY = 86_400_000;

/** The least that a double can tell. */
const LEAST = 2 ** -1074;

test('decay is a power of two within 2^-51 of the value, over all ages and half-lives', () => {
  fc.assert(
    fc.property(fc.nat(400 * DAY), fc.integer({ min: DAY / 24, max: 400 * DAY }), (age, halfLife) => {
      const exact = 2 ** (-age / halfLife);
      expect(Math.abs(decay(age, halfLife) - exact)).toBeLessThanOrEqual(Math.max(exact * 2 ** -51, 2 * LEAST));
    }),
    { numRuns: 20_000 },
  );
});

test.each([0, 1, 2, 10, 1074])('after %i half-lives exactly that power of two is left', (lives) => {
  expect(decay(lives * DAY, DAY)).toBe(2 ** -lives);
});

test('an infinite half-life keeps all, and what is older than any double can tell is 0', () => {
  expect(decay(400 * DAY, Number.POSITIVE_INFINITY)).toBe(1);
  expect(decay(2000 * DAY, DAY)).toBe(0);
});
