import { expect, test } from 'vitest';
import { recover, recoverable } from '#app/recover/recover';
import { sha256 } from '#lib/hash/sha256';
import { createMemoryLog } from '#lib/log/memory/log';
import { createCompiler } from '#lib/model/compile';
import { TOPICS } from '#schemas/topics';
import { createPipeline } from '#services/pipeline';

const pipeline = createPipeline({ hash: sha256, compile: createCompiler(), partitions: 2, tickEvery: 1000 });

test('deciders, folds and chains of folds can be recovered; nothing else', () => {
  const [score, stage, trigger] = pipeline.folds;
  expect(recoverable('identify', pipeline)).toBe('identify');
  expect(recoverable('handoff', pipeline)).toBe('handoff');
  expect(recoverable('stage', pipeline)).toEqual({ chain: [stage] });
  expect(recoverable('score+stage+trigger', pipeline)).toEqual({ chain: [score, stage, trigger] });
  for (const name of ['analyze', 'analyze-stages', 'collect', 'score+nothing', '', 'score+']) {
    expect([name, recoverable(name, pipeline)]).toEqual([name, undefined]);
  }
});

test('what is missing is committed, what is still there stays, and a second time there is nothing to do', async () => {
  const log = createMemoryLog({ partitions: Object.fromEntries(Object.values(TOPICS).map((topic) => [topic, 2])) });
  const kept = { topic: TOPICS.activity, partition: 1, position: { offset: 7, cursor: 3 } };
  const task = await log.open('score-1');
  await task.commit([], [kept]);
  const service = recoverable('score', pipeline);
  if (service === undefined) throw new Error('score can be recovered');
  const options = { log, service, signal: new AbortController().signal, onRecord: () => {} };
  const found = { topic: TOPICS.activity, partition: 0, position: { offset: 0, cursor: 0 } };
  expect(await recover(options)).toEqual([found]);
  expect(await log.positionsOf('score-0', [found])).toEqual([found]);
  expect(await log.positionsOf('score-1', [kept])).toEqual([kept]);
  expect(await recover(options)).toEqual([]);
});
