import { expect, test } from 'vitest';
import { formatDuration, parseDuration } from '#lib/model/duration';

test.each([
  ['30d', 2_592_000_000],
  ['2w', 1_209_600_000],
  ['24h', 86_400_000],
  ['90m', 5_400_000],
  ['1.5h', 5_400_000],
  ['10s', 10_000],
  ['0d', 0],
])('%s is %d ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each(['30', 'd', '-5d', '30 days', '1d12h', '', '5y', '1e3d'])('"%s" is no duration', (text) => {
  expect(parseDuration(text)).toBeUndefined();
});

test.each(['7d', '36h', '90m', '10s', '0d'])('%s is written as it was read', (text) => {
  expect(formatDuration(parseDuration(text) ?? Number.NaN)).toBe(text);
});
