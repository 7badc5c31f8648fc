import { expect, test } from 'vitest';
import { lackOf } from '#lib/log/kafka/capable';

const requests = new Map([
  [0, 13],
  [26, 5],
  [28, 5],
]);

test('a cluster of Kafka 4 lacks nothing', () => {
  expect(lackOf({ requests, levels: new Map([['transaction.version', 2]]) })).toBeUndefined();
});

test('older brokers are named, whatever they have agreed on', () => {
  const levels = new Map([['transaction.version', 2]]);
  const older = { severity: 'fault', what: 'version', is: 'below 4.0' };
  expect(lackOf({ requests: new Map([...requests, [0, 11]]), levels })).toMatchObject(older);
  expect(lackOf({ requests: new Map(), levels })).toMatchObject(older);
});

test('a cluster that was upgraded halfway is told how to raise the feature', () => {
  const remedy = expect.stringMatching('upgrade --feature transaction.version=2');
  for (const [levels, is] of [
    [new Map([['transaction.version', 1]]), '1'],
    [new Map(), '0'],
  ] as const) {
    expect(lackOf({ requests, levels })).toMatchObject({ severity: 'fault', what: 'transaction.version', is, remedy });
  }
});
