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
  expect(lackOf({ requests: new Map([...requests, [0, 11]]), levels })).toMatch(
    /^the brokers are older than Kafka 4\.0/,
  );
  expect(lackOf({ requests: new Map(), levels })).toMatch(/^the brokers are older than Kafka 4\.0/);
});

test('a cluster that was upgraded halfway is told how to raise the feature', () => {
  const remedy = 'upgrade --feature transaction.version=2';
  expect(lackOf({ requests, levels: new Map([['transaction.version', 1]]) })).toMatch(`1, Leadstream needs 2`);
  expect(lackOf({ requests, levels: new Map() })).toMatch(remedy);
});
