import { expect, test } from 'vitest';
import { checkPartitions, lostTopics, type PartitionCounts, sharedPartitions } from '#lib/log/kafka/topics/partitions';
import { TOPICS, type Topic } from '#schemas/topics';

const NONE = undefined;

function counts(shared: number, other: { readonly [Name in Topic]?: number } = {}): PartitionCounts {
  const { events, deadLetters, activity, scores, stages, triggers, joins, handoffs } = TOPICS;
  const usual = [activity, scores, stages, triggers, joins, handoffs].map((topic): [Topic, number] => [topic, shared]);
  const all = new Map<Topic, number>([[events, 1], [deadLetters, 1], ...usual]);
  for (const topic of Object.values(TOPICS)) all.set(topic, other[topic] ?? all.get(topic) ?? 0);
  return all;
}

test('counts that fit each other and the recorded ones are fine, whatever was asked for at creation', () => {
  expect(checkPartitions({ prefix: '', counts: counts(4), recorded: NONE })).toEqual([]);
  expect(checkPartitions({ prefix: '', counts: counts(4), recorded: counts(4), asked: 4 })).toEqual([]);
  expect(checkPartitions({ prefix: '', counts: new Map(), recorded: NONE, asked: 9 })).toEqual([]);
});

test('a topic whose partitions were added to is refused', () => {
  const changed = counts(4, { 'lead.scores': 6 });
  expect(checkPartitions({ prefix: 'p.', counts: changed, recorded: counts(4) })).toEqual([
    'p.lead.scores: partitions is 6, should be 4; it was created with 4. Do not start services on it: leads would be in ' +
      'two partitions. Restore the topics, or start anew under another --prefix',
  ]);
  expect(checkPartitions({ prefix: 'p.', counts: counts(6), recorded: counts(4) })).toHaveLength(6);
});

test('without a record, topics that do not fit lead.activity are refused', () => {
  const mixed = counts(4, { 'lead.handoffs': 1 });
  expect(checkPartitions({ prefix: '', counts: mixed, recorded: NONE })).toEqual([
    expect.stringMatching(/^lead\.handoffs: partitions is 1, should be 4; it must have as many as lead\.activity\./),
  ]);
});

test('lead.events of two partitions is refused: all events are one order', () => {
  expect(checkPartitions({ prefix: '', counts: counts(4, { 'lead.events': 2 }), recorded: NONE })).toEqual([
    expect.stringMatching(/^lead\.events: partitions is 2, should be 1; all events are one order\./),
  ]);
});

test('another number than there is cannot be asked for', () => {
  expect(checkPartitions({ prefix: '', counts: counts(4), recorded: counts(4), asked: 8 })).toEqual([
    'lead.activity: partitions is 4, should be 8; counts are fixed for the life of a log: leave out --partitions, or start ' +
      'anew under another --prefix',
  ]);
});

test('what is missing gets as many as were recorded, else as the others have', () => {
  expect(sharedPartitions(new Map([[TOPICS.stages, 6]]), counts(4))).toBe(4);
  expect(sharedPartitions(new Map([[TOPICS.stages, 6]]), NONE)).toBe(6);
  expect(sharedPartitions(new Map([[TOPICS.events, 1]]), NONE)).toBe(undefined);
});

test('a kept topic that was there once and is gone is a loss; dead letters and topics never created are none', () => {
  const left = new Map([[TOPICS.events, 1]]);
  const recorded = new Map([...left, [TOPICS.scores, 4], [TOPICS.deadLetters, 1]]);
  expect(lostTopics('p.', left, recorded).map(({ where, severity }) => [where, severity])).toEqual([
    ['p.lead.scores', 'fault'],
  ]);
  expect(lostTopics('p.', left, NONE)).toEqual([]);
});
