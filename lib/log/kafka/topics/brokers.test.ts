import { expect, test } from 'vitest';
import { compareBrokers } from '#lib/log/kafka/topics/brokers';
import { DAY } from '#lib/log/kafka/topics/given';

test('brokers of 4.0 or newer that keep positions for a year are as they should be', () => {
  expect(compareBrokers({ count: 3, positionsKept: 365 * DAY, old: false })).toEqual([]);
});

test.each([
  [{ count: 1, positionsKept: 7 * DAY, old: false }, 'offsets.retention.minutes', '10080 (7d)'],
  [{ count: 1, positionsKept: undefined, old: false }, 'offsets.retention.minutes', 'unknown'],
  [{ count: 1, positionsKept: 400 * DAY, old: true }, 'version', 'below 4.0'],
])('%j is a warning', (found, what, is) => {
  expect(compareBrokers(found)).toEqual([expect.objectContaining({ severity: 'warning', where: 'brokers', what, is })]);
});
