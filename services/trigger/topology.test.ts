import { expect, test } from 'vitest';
import { drive } from '#lib/flow/drive';
import { TOPICS } from '#schemas/topics';
import { activity, compileOf, program, scored, staged } from '#services/trigger/given';
import { createTriggerTopology } from '#services/trigger/topology';
import { NOON } from '#test/given/activity';

const topology = createTriggerTopology({ hash: (text) => text, compile: compileOf({ v1: [program()] }) });

test('it folds lead.stages into lead.triggers', () => {
  expect(topology).toMatchObject({ kind: 'fold', service: 'trigger', input: TOPICS.stages, output: TOPICS.triggers });
});

test('a lead’s triggers lie in the lead’s partition under its key; ticks and models are not passed on', () => {
  const world = drive([topology], () => 2);
  const applied = { seq: 1, logged_at: NOON, model_version: 'v1', files: { version: 'v1' }, input_offset: 0 };
  for (const partition of [0, 1]) {
    world.publish(TOPICS.stages, { type: 'ModelApplied', value: applied }, NOON, partition);
    world.publish(TOPICS.stages, { type: 'Tick', value: { seq: 2, logged_at: NOON } }, NOON, partition);
  }
  const value = staged({ seq: 3, scored: scored({ activity: activity() }), cause_id: 'e1' });
  world.publish(TOPICS.stages, { type: 'Staged', value }, NOON, 1, 'ada');
  const written = world.records(TOPICS.triggers).map(({ partition, key }) => [partition, key]);
  expect(written).toEqual([[1, 'ada']]);
});
