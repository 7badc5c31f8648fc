import { expect, test } from 'vitest';
import { positionsOfHandoff, positionsOfIdentify } from '#app/recover/deciders';
import type { Log } from '#lib/flow/log';
import { createMemoryLog } from '#lib/log/memory/log';
import { TOPICS, type Topic } from '#schemas/topics';

const ONE = new Set<string>([TOPICS.events, TOPICS.deadLetters]);
const { signal } = new AbortController();

function emptyLog(): Log {
  const counts = Object.values(TOPICS).map((topic) => [topic, ONE.has(topic) ? 1 : 2]);
  return createMemoryLog({ partitions: Object.fromEntries(counts) });
}

/** Writes a record of which only some fields matter. */
function write(log: Log, topic: Topic, partition: number, type: string, value: object): Promise<void> {
  return log.publish([{ topic, partition, key: null, value: { type, value } }]);
}

async function identifyAt(log: Log): Promise<number | undefined> {
  const [events] = await positionsOfIdentify(log, signal, () => {});
  return events?.position.offset;
}

const model = (engine: number) => ({ seq: 1, input_offset: 0, files: { 'scoring.yaml': `engine: ${engine}\n` } });

test('identify goes on at the first event that no activity of its own answers: others may have passed it', async () => {
  const log = emptyLog();
  await write(log, TOPICS.activity, 0, 'ModelApplied', model(4));
  for (const input_offset of [1, 2, 4, 5])
    await write(log, TOPICS.activity, input_offset % 2, 'Activity', { input_offset });
  await write(log, TOPICS.activity, 0, 'MovedOut', { input_offset: 3 });
  await write(log, TOPICS.activity, 1, 'Activity', { input_offset: 3, cause: 'move' });
  expect(await identifyAt(log)).toBe(3);
  await write(log, TOPICS.activity, 1, 'Merged', { input_offset: 3 });
  await write(log, TOPICS.activity, 1, 'Activity', { input_offset: 3, cause: 'live' });
  expect(await identifyAt(log)).toBe(6);
  await write(log, TOPICS.activity, 0, 'Activity', { input_offset: 10_006 });
  expect(await identifyAt(log)).toBe(6);
  await write(log, TOPICS.activity, 0, 'Activity', { input_offset: 10_020 });
  expect(await identifyAt(log)).toBe(20);
});

test('a cost and what a lead is told of its addresses answer events, too', async () => {
  const log = emptyLog();
  await write(log, TOPICS.activity, 0, 'Activity', { input_offset: 0 });
  for (const partition of [0, 1]) await write(log, TOPICS.activity, partition, 'Cost', { input_offset: 1 });
  await write(log, TOPICS.activity, 1, 'AddressesChanged', { input_offset: 2 });
  expect(await identifyAt(log)).toBe(2);
  await write(log, TOPICS.activity, 1, 'Activity', { input_offset: 2 });
  expect(await identifyAt(log)).toBe(3);
});

test('it never goes back before an import that has ended, nor before a model', async () => {
  const log = emptyLog();
  await write(log, TOPICS.activity, 0, 'ModelApplied', model(4));
  const live = { own_time: false };
  await write(log, TOPICS.events, 0, 'ModelSubmitted', live);
  for (let n = 1; n < 4; n++) await write(log, TOPICS.events, 0, 'LeadEvent', { own_time: true });
  await write(log, TOPICS.events, 0, 'ImportFinished', { own_time: true });
  for (let n = 5; n < 8; n++) await write(log, TOPICS.events, 0, 'LeadEvent', live);
  await write(log, TOPICS.activity, 0, 'Activity', { input_offset: 3 });
  expect(await identifyAt(log)).toBe(3);
  await write(log, TOPICS.activity, 0, 'Activity', { input_offset: 6 });
  expect(await identifyAt(log)).toBe(5);
});

test('identify goes on behind the last event that it has refused: a dead letter says all there is to say of it', async () => {
  const log = emptyLog();
  await write(log, TOPICS.activity, 1, 'Activity', { input_offset: 7 });
  await write(log, TOPICS.deadLetters, 0, 'DeadLetter', { origin: 'http /v1/track' });
  await write(log, TOPICS.deadLetters, 0, 'DeadLetter', { origin: 'lead.events 0 5' });
  expect(await identifyAt(log)).toBe(6);
  await write(log, TOPICS.deadLetters, 0, 'DeadLetter', { origin: 'lead.events 0 8' });
  expect(await identifyAt(log)).toBe(9);
});

async function handoffAt(log: Log): Promise<readonly number[]> {
  const positions = await positionsOfHandoff(log, signal, () => {});
  expect(positions.map(({ topic, partition }) => [topic, partition])).toEqual([
    [TOPICS.stages, 0],
    [TOPICS.stages, 1],
  ]);
  return positions.map(({ position }) => position.offset);
}

test('handoff goes on behind the last stage change of each partition that it has handed over', async () => {
  const log = emptyLog();
  expect(await handoffAt(log)).toEqual([0, 0]);
  await write(log, TOPICS.handoffs, 0, 'Handoff', { input_partition: 1, input_offset: 5 });
  await write(log, TOPICS.handoffs, 1, 'Handoff', { input_partition: 1, input_offset: 3 });
  await write(log, TOPICS.handoffs, 1, 'Handoff', { input_partition: 0, input_offset: 0 });
  expect(await handoffAt(log)).toEqual([1, 6]);
});

test('handoff does not put an older model into force again: it goes on behind the one that governs, also where its files came again later', async () => {
  const log = emptyLog();
  for (const partition of [0, 1]) {
    for (const input_offset of [0, 7, 9]) {
      await write(log, TOPICS.stages, partition, 'ModelApplied', { model_version: 'm', input_offset });
      await write(log, TOPICS.stages, partition, 'Staged', { seq: 1 });
    }
  }
  await write(log, TOPICS.handoffs, 1, 'ModelApplied', { seq: 2, input_offset: 7 });
  await write(log, TOPICS.handoffs, 0, 'ModelApplied', { seq: 1, input_offset: 0 });
  expect(await handoffAt(log)).toEqual([3, 3]);
  await write(log, TOPICS.handoffs, 0, 'Handoff', { input_partition: 1, input_offset: 5 });
  expect(await handoffAt(log)).toEqual([3, 6]);
});
