import { expect, test } from 'vitest';
import { parseTime } from '#app/cli/time';

test.each([
  ['now', 'now'],
  ['2026-03-01', Date.UTC(2026, 2, 1)],
  ['2024-02-29', Date.UTC(2024, 1, 29)],
  ['2026-03-01T09:30', Date.UTC(2026, 2, 1, 9, 30)],
  ['2026-03-01 09:30:15.250', Date.UTC(2026, 2, 1, 9, 30, 15, 250)],
  ['2026-03-01T09:30:15Z', Date.UTC(2026, 2, 1, 9, 30, 15)],
  ['2026-03-01T09:30:00+01:30', Date.UTC(2026, 2, 1, 8)],
])('%s is a time', (text, time) => {
  expect(parseTime(text)).toBe(time);
});

test.each([
  '',
  'yesterday',
  '2026',
  '2026-13-01',
  '2025-02-29',
  '2026-03-01T25:00',
  '1770000000000',
  '01.03.2026',
  'NOW',
])('"%s" is not', (text) => {
  expect(() => parseTime(text)).toThrow('Give a time as ISO 8601');
});
