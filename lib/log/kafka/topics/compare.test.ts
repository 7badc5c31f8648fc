import { expect, test } from 'vitest';
import { compareTopic } from '#lib/log/kafka/topics/compare';
import { differenceLine } from '#lib/log/kafka/topics/difference';
import { DAY, foundAs, planOf } from '#lib/log/kafka/topics/given';
import { TOPICS, type Topic } from '#schemas/topics';

function compared(topic: Topic, other: Readonly<Record<string, string>>): string[] {
  const plan = planOf(topic);
  return compareTopic(plan, foundAs(plan, other), false).map(({ severity, what }) => `${severity} ${what}`);
}

test('topics that are as planned differ in nothing', () => {
  for (const topic of Object.values(TOPICS)) expect(compared(topic, {})).toEqual([]);
});

test.each([
  [TOPICS.scores, { 'cleanup.policy': 'compact' }, 'fault cleanup.policy'],
  [TOPICS.scores, { 'cleanup.policy': 'compact,delete' }, 'fault cleanup.policy'],
  [TOPICS.events, { 'cleanup.policy': 'compact' }, 'fault cleanup.policy'],
  [TOPICS.handoffs, { 'retention.ms': String(3650 * DAY) }, 'fault retention.ms'],
  [TOPICS.activity, { 'retention.bytes': '1000000' }, 'fault retention.bytes'],
  [TOPICS.events, { 'retention.bytes': '1000000' }, 'warning retention.bytes'],
  [TOPICS.events, { 'retention.ms': String(60 * DAY) }, 'warning retention.ms'],
  [TOPICS.events, { 'retention.ms': String(DAY) }, 'warning retention.ms'],
  [TOPICS.events, { 'retention.ms': '-1' }, 'warning retention.ms'],
  [TOPICS.events, { 'message.timestamp.type': 'CreateTime' }, 'fault message.timestamp.type'],
  [TOPICS.deadLetters, { 'message.timestamp.type': 'CreateTime' }, 'fault message.timestamp.type'],
  [TOPICS.events, { 'segment.ms': String(7 * DAY) }, 'warning segment.ms'],
  [TOPICS.stages, { 'max.message.bytes': '1048588' }, 'warning max.message.bytes'],
  [TOPICS.stages, { 'min.insync.replicas': '1' }, 'warning min.insync.replicas'],
  [TOPICS.stages, { 'min.insync.replicas': '3' }, 'warning min.insync.replicas'],
  [TOPICS.stages, { 'min.insync.replicas': '4' }, 'fault min.insync.replicas'],
  [TOPICS.triggers, { 'unclean.leader.election.enable': 'true' }, 'fault unclean.leader.election.enable'],
])('%s with %j: %s', (topic, other, difference) => {
  expect(compared(topic, other)).toEqual([difference]);
});

test.each([
  [TOPICS.scores, { 'message.timestamp.type': 'CreateTime', 'segment.ms': String(7 * DAY) }],
  [TOPICS.stages, { 'max.message.bytes': '99999999' }],
  [TOPICS.events, { 'segment.ms': '3600000' }],
])('%s with %j is as good', (topic, other) => {
  expect(compared(topic, other)).toEqual([]);
});

test('events that never expire need no clock', () => {
  const other = { 'retention.ms': '-1', 'message.timestamp.type': 'CreateTime' };
  expect(compared(TOPICS.events, other)).toEqual(['warning retention.ms']);
});

test('fewer copies than usual are told; more only where a number was asked for', () => {
  const plan = planOf(TOPICS.scores);
  const replicas = (replication: number, asked: boolean) =>
    compareTopic(plan, { ...foundAs(plan), replication }, asked).filter(({ what }) => what === 'replicas').length;
  expect([replicas(2, false), replicas(4, false), replicas(4, true), replicas(3, true)]).toEqual([1, 0, 1, 0]);
});

test('a line says what it is, what it should be, why, and the command that mends it', () => {
  const plan = planOf(TOPICS.scores);
  const [difference] = compareTopic(plan, foundAs(plan, { 'retention.ms': '604800000' }), false);
  expect(difference && differenceLine(difference)).toBe(
    'p.lead.scores: retention.ms is 604800000 (7d), should be -1 (unlimited); what expires here is lost to explanations, ' +
      'corrections and every store that is rebuilt. Set it with: kafka-configs.sh --alter --topic p.lead.scores ' +
      '--add-config retention.ms=-1 --bootstrap-server …',
  );
});
