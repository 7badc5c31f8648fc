import { expect, test } from 'vitest';
import { parseTime } from '#services/collect/time';

test.each([
  ['2026-01-02T03:04:05.678Z', Date.UTC(2026, 0, 2, 3, 4, 5, 678)],
  ['2026-01-31T03:04:05.678Z', Date.UTC(2026, 0, 31, 3, 4, 5, 678)],
  ['0026-01-02T03:04:05.678Z', new Date('0026-01-02T03:04:05.678Z').getTime()],
  ['2026-01-02T03:04:05Z', Date.UTC(2026, 0, 2, 3, 4, 5)],
  ['2026-01-02T03:04:05', Date.UTC(2026, 0, 2, 3, 4, 5)],
  ['2026-01-02 03:04', Date.UTC(2026, 0, 2, 3, 4)],
  ['2026-01-02', Date.UTC(2026, 0, 2)],
  ['2024-02-29T00:00:00.123456789+09:30', Date.UTC(2024, 1, 28, 14, 30, 0, 123)],
  ['2026-01-02T03:04:05.5-0800', Date.UTC(2026, 0, 2, 11, 4, 5, 500)],
  ['1969-12-31T23:59:59Z', -1000],
  ['+012026-01-01T00:00:00Z', Date.UTC(12026, 0, 1)],
  ['1767323045678', 1767323045678],
  [1767323045678.9, 1767323045678],
  [0, 0],
])('%s is read', (text, expected) => {
  expect(parseTime(text)).toBe(expected);
});

test.each([
  'yesterday',
  '',
  '2026-13-01',
  '2026-02-29',
  '2026-02-30T00:00:00.000Z',
  '2026-01-01T24:00:00.000Z',
  '2026-01-01T24:00:00Z',
  '2026-01-01T00:60:00Z',
  '2026-01-01T00:00:00+99:00',
  '01/02/2026',
  '12',
  true,
  null,
  {},
  Number.POSITIVE_INFINITY,
])('%s is no time', (value) => {
  expect(parseTime(value)).toBeUndefined();
});

test('every day from 1900 to 2100 is the day that the calendar says', () => {
  const days = Array.from({ length: 201 * 365 }, (_, day) => Date.UTC(1900, 0, 1) + day * 86_400_000);
  expect(days.filter((day) => parseTime(new Date(day).toISOString()) !== day)).toEqual([]);
});
