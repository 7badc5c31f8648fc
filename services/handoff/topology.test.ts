import { expect, test } from 'vitest';
import { drive } from '#lib/flow/drive';
import { type StageMessage, TOPICS } from '#schemas/topics';
import { applied, compile, enters, files, NOON, tick } from '#services/handoff/given';
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

test('who comes first in the log gets the first representative, though its partition is read later', () => {
  const world = drive([topology], () => 2);
  const publish = (partition: number, message: StageMessage) => world.publish(TOPICS.stages, message, NOON, partition);
  const handedOff = () =>
    world.records(TOPICS.handoffs).map(({ partition, key, value }) => ({ partition, key, value }));
  publish(0, applied(1, files('v1', ['amy', 'ben'])));
  publish(0, enters('ada', { seq: 102 }));
  publish(0, tick(103));
  expect(handedOff()).toEqual([]);
  publish(1, applied(1, files('v1', ['amy', 'ben'])));
  publish(1, enters('bob', { seq: 101 }));
  expect(handedOff().map(({ key }) => key)).toEqual([null, null, 'bob']);
  publish(1, tick(103));
  expect(handedOff()).toMatchObject([
    { partition: 0, key: null, value: { type: 'ModelApplied', value: { seq: 1 } } },
    { partition: 0, key: 'ada', value: { type: 'Handoff', value: { handoff_seq: 3, rep: 'ben' } } },
    { partition: 1, key: null, value: { type: 'ModelApplied', value: { seq: 1 } } },
    { partition: 1, key: 'bob', value: { type: 'Handoff', value: { handoff_seq: 2, rep: 'amy' } } },
  ]);
});
