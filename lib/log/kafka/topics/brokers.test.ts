import { expect, test } from 'vitest';
import { lackOf } from '#lib/log/kafka/capable';
import { compareBrokers } from '#lib/log/kafka/topics/brokers';
import { DAY } from '#lib/log/kafka/topics/given';

test('brokers of 4.0 or newer that keep positions for a year are as they should be', () => {
  expect(compareBrokers({ count: 3, positionsKept: 365 * DAY, lack: undefined })).toEqual([]);
});

test.each([
  [{ count: 1, positionsKept: 7 * DAY, lack: undefined }, 'offsets.retention.minutes', '10080 (7d)'],
  [{ count: 1, positionsKept: undefined, lack: undefined }, 'offsets.retention.minutes', 'unknown'],
])('%j is a warning', (found, what, is) => {
  expect(compareBrokers(found)).toEqual([expect.objectContaining({ severity: 'warning', where: 'brokers', what, is })]);
});

test('brokers without what services need are a fault', () => {
  const lack = lackOf({ requests: new Map(), levels: new Map() });
  expect(compareBrokers({ count: 1, positionsKept: 400 * DAY, lack })).toEqual([
    expect.objectContaining({ severity: 'fault', what: 'version', is: 'below 4.0' }),
  ]);
});
