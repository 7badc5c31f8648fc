import { expect, test } from 'vitest';
import { drive } from '#lib/flow/drive';
import { type StageMessage, TOPICS } from '#schemas/topics';
import { applied, compile, enters, files, NOON } from '#services/handoff/given';
import { createHandoffTopology } from '#services/handoff/topology';

const topology = createHandoffTopology({ hash: (text) => text, compile });

test('it reads lead.stages and is the only writer of lead.handoffs', () => {
  expect(topology).toMatchObject({
    kind: 'decider',
    service: 'handoff',
    inputs: [TOPICS.stages],
    outputs: [TOPICS.handoffs],
    sideOutputs: [],
  });
});

test('a lead’s handoff lies in the lead’s partition, behind the model that routed it', () => {
  const world = drive([topology], () => 2);
  const publish = (partition: number, message: StageMessage) => world.publish(TOPICS.stages, message, NOON, partition);
  publish(0, applied(1, files('v1', ['amy', 'ben'])));
  publish(0, enters('ada'));
  publish(1, applied(1, files('v1', ['amy', 'ben'])));
  publish(1, enters('bob'));
  const written = world.records(TOPICS.handoffs).map(({ partition, key, value }) => ({ partition, key, value }));
  expect(written).toMatchObject([
    { partition: 0, key: null, value: { type: 'ModelApplied', value: { seq: 1 } } },
    { partition: 0, key: 'ada', value: { type: 'Handoff', value: { handoff_seq: 2, rep: 'amy' } } },
    { partition: 1, key: null, value: { type: 'ModelApplied', value: { seq: 1 } } },
    { partition: 1, key: 'bob', value: { type: 'Handoff', value: { handoff_seq: 3, rep: 'ben' } } },
  ]);
});
