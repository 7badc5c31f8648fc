import { expect, test } from 'vitest';
import { modelInForce } from '#app/kafka/model-in-force';
import { Undecodable } from '#lib/flow/log';
import { createMemoryLog } from '#lib/log/memory/log';
import { TOPICS } from '#schemas/topics';

const tick = { type: 'Tick', value: {} };
const model = (model_version: string) => ({ type: 'ModelApplied', value: { model_version } });

function logOf(...values: readonly unknown[]) {
  const log = createMemoryLog({ partitions: { [TOPICS.activity]: 2 } });
  void log.publish(values.map((value) => ({ topic: TOPICS.activity, partition: 0, key: null, value })));
  return log;
}

const ticks = (count: number) => Array.from({ length: count }, () => tick);

test.each([
  ['no record', [], ''],
  ['no model', ticks(10), ''],
  ['one model', [model('m1'), tick], 'm1'],
  ['the last of several', [model('m1'), tick, model('m2'), tick], 'm2'],
  ['one far back', [model('m1'), ...ticks(7_000)], 'm1'],
  ['the last of those in a page', [model('m1'), ...ticks(1_500), model('m2'), model('m3'), ...ticks(999)], 'm3'],
  ['the first record of a page', [...ticks(500), model('m1'), ...ticks(999)], 'm1'],
  ['one among what cannot be read', [model('m1'), new Undecodable(new Uint8Array(), 'broken')], 'm1'],
])('the model in force is found: %s', async (_, values, version) => {
  expect(await modelInForce(logOf(...values))).toBe(version);
});
