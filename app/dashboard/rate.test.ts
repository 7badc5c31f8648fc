import { expect, test } from 'vitest';
import { createRateMeter } from '#app/dashboard/rate';

test('the rate is the growth per second over the last 30 seconds', () => {
  const meter = createRateMeter();
  expect(meter.measure(0, 100)).toBe(0);
  expect(meter.measure(2000, 300)).toBe(100);
  expect(meter.measure(31_000, 300)).toBe(0);
});

test('a total that jumped while nobody looked is no rate', () => {
  const meter = createRateMeter();
  meter.measure(0, 0);
  expect(meter.measure(600_000, 1_000_000)).toBe(0);
  expect(meter.measure(602_000, 1_000_010)).toBe(5);
});

test('a total that shrank starts anew', () => {
  const meter = createRateMeter();
  meter.measure(0, 500);
  expect(meter.measure(2000, 10)).toBe(0);
});
