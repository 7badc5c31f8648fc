import { expect, test } from 'vitest';
import { DAY, planOf } from '#lib/log/kafka/topics/given';
import { planTopics } from '#lib/log/kafka/topics/plan';
import { TOPICS } from '#schemas/topics';

test('all topics are planned in the order of the flow, one partition where order is one, the given number elsewhere', () => {
  const plans = planTopics({ prefix: 'p.', partitions: 6, replication: 1, retention: DAY });
  expect(plans.map(({ name, partitions }) => [name, partitions])).toEqual([
    ['p.lead.events', 1],
    ['p.lead.activity', 6],
    ['p.lead.scores', 6],
    ['p.lead.stages', 6],
    ['p.lead.triggers', 6],
    ['p.lead.joins', 6],
    ['p.lead.handoffs', 6],
    ['p.lead.dead-letters', 1],
  ]);
});

test('what holds plain personal data expires by the broker’s clock; decisions are kept for ever', () => {
  for (const topic of Object.values(TOPICS)) {
    const expires = topic === TOPICS.events || topic === TOPICS.deadLetters;
    const { settings } = planOf(topic);
    expect(settings['cleanup.policy']).toBe('delete');
    expect(settings['retention.ms']).toBe(expires ? String(30 * DAY) : '-1');
    expect(settings['retention.bytes']).toBe('-1');
    expect(settings['message.timestamp.type']).toBe(expires ? 'LogAppendTime' : undefined);
  }
});

test.each([
  [1, '1'],
  [2, '1'],
  [3, '2'],
  [5, '2'],
])('with %i copies %s must have a record before it is acknowledged', (replication, least) => {
  const [plan] = planTopics({ prefix: '', partitions: 1, replication, retention: DAY });
  expect(plan?.settings['min.insync.replicas']).toBe(least);
});
