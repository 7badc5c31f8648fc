import fc from 'fast-check';
import { expect, test } from 'vitest';
import { positionOfFold } from '#app/recover/fold';
import { systemClock } from '#lib/clock/system';
import type { Fold } from '#lib/flow/fold';
import { createFoldTask } from '#lib/flow/fold-task';
import type { Log, LogRecord, Outgoing } from '#lib/flow/log';
import { comparePositions, type Position, START } from '#lib/flow/position';
import type { FoldTopology } from '#lib/flow/topology';
import { foldTopology } from '#lib/flow/topology';
import { createMemoryLog } from '#lib/log/memory/log';
import { createMemoryStore } from '#lib/store/memory';

interface Note {
  /** null: for all. */
  readonly key: string | null;
  readonly seq: number;
  readonly loggedAt: number;
  readonly text: string;
}

/** Answers a lead's notes, but not quiet ones, and reminds of them 10 ms later: one record may wake many leads. */
const answering = (name: string): Fold<number, Note, Note, null> => ({
  name,
  describe: (note) => note,
  keyOf: ({ key }) => key,
  initialShared: null,
  broadcast: (shared, note) => ({ shared, pass: note }),
  step: (times = 0, note) => ({
    state: times + 1,
    emit: note.text === 'quiet' ? [] : [{ ...note, text: `${note.text} ${times}` }],
    wakeAt: note.loggedAt + 10,
  }),
  wake: (times, due, { key, seq, loggedAt }) => ({
    state: times,
    emit: [{ key, seq, loggedAt, text: `woken at ${due} after ${times}` }],
  }),
});

const first = foldTopology({ service: 'first', input: 'in', output: 'middle', fold: answering('first') });
const second = foldTopology({ service: 'second', input: 'middle', output: 'out', fold: answering('second') });
type Chain = readonly [FoldTopology, ...FoldTopology[]];
const CHAINS: readonly Chain[] = [[first], [first, second]];
const INPUT = { topic: 'in', partition: 0 };

const notes = fc
  .array(
    fc.record({
      key: fc.option(fc.constantFrom('ann', 'bob', 'cyd')),
      wait: fc.nat(15),
      text: fc.constantFrom('hi', 'quiet'),
    }),
    { minLength: 1, maxLength: 20 },
  )
  .map((drafts) => {
    let loggedAt = 1000;
    return drafts.map(({ key, wait, text }, seq): Note => {
      loggedAt += wait;
      return { key, seq, loggedAt, text };
    });
  });

function recordOf(note: Note, topic = 'in'): Outgoing {
  return { topic, partition: 0, key: note.key, value: note };
}

async function logOf(given: readonly Note[]): Promise<Log> {
  const log = createMemoryLog({ partitions: { in: 1, middle: 1, out: 1 } });
  await log.publish(given.map((note) => recordOf(note)));
  return log;
}

/** Runs the task on a log until it has worked off its input, or has committed so many times. Its position then. */
async function run(log: Log, chain: Chain, maxSteps: number, commits = Number.POSITIVE_INFINITY): Promise<Position> {
  const stop = new AbortController();
  const end = await log.end(INPUT);
  let left = commits;
  const task = createFoldTask({
    chain,
    partition: 0,
    log,
    openStore: async () => createMemoryStore(),
    clock: systemClock,
    observer: {
      committed(_task, { positions: [at] }) {
        left--;
        if (left === 0 || at?.position.offset === end) stop.abort();
      },
    },
    maxRecords: 1000,
    maxSteps,
    linger: 0,
  });
  await task.run(stop.signal);
  return task.positions()?.[0]?.position ?? START;
}

async function outputs(log: Log, topic: string): Promise<readonly LogRecord[]> {
  const end = await log.end({ topic, partition: 0 });
  if (end === 0) return [];
  const reader = log.reader({ topic, partition: 0 }, 0);
  const records = await reader.next(end, new AbortController().signal);
  await reader.close();
  return records;
}

function find(log: Log, chain: Chain, onRecord = () => {}): Promise<Position> {
  return positionOfFold(chain, 0, log, new AbortController().signal, onRecord);
}

test('wherever a task has stopped, also amid a record, going on from the position found gives what it would have given', async () => {
  await fc.assert(
    fc.asyncProperty(
      notes,
      fc.constantFrom(...CHAINS),
      fc.integer({ min: 1, max: 4 }),
      fc.nat(30),
      async (given, chain, maxSteps, commits) => {
        const whole = await logOf(given);
        await run(whole, chain, 1000);
        const log = await logOf(given);
        const stopped = commits === 0 ? START : await run(log, chain, maxSteps, commits);
        const found = await find(log, chain);
        // steps after the stop that wrote nothing need not be taken again
        expect(comparePositions(found, stopped)).toBeGreaterThanOrEqual(0);

        const name = chain.map(({ service }) => service).join('+');
        const lost = await log.open(`${name}-0`);
        await lost.commit([], [{ ...INPUT, position: found }]);
        if (found.offset < (await log.end(INPUT))) await run(log, chain, 1000);
        for (const { output = '' } of chain) expect(await outputs(log, output)).toEqual(await outputs(whole, output));
      },
    ),
    { numRuns: 200 },
  );
});

test('where every step writes, the position is exactly the one that was lost', async () => {
  const given = ['ann', 'bob', 'cyd', null].map((key, seq) => ({
    key,
    seq,
    loggedAt: 1000 + 100 * (seq >> 1),
    text: 'hi',
  }));
  for (const chain of CHAINS) {
    for (let commits = 1; commits <= 8; commits++) {
      const log = await logOf(given);
      const stopped = await run(log, chain, 1, commits);
      expect([chain.length, commits, await find(log, chain)]).toEqual([chain.length, commits, stopped]);
    }
  }
});

test('nothing written: it begins; all written: it is at the end, and every record was told', async () => {
  const given = ['ann', 'bob'].map((key, seq) => ({ key, seq, loggedAt: 1000, text: 'hi' }));
  const log = await logOf(given);
  expect(await find(log, [first])).toEqual(START);
  await run(log, [first], 1000);
  let told = 0;
  expect(await find(log, [first], () => void told++)).toEqual({ offset: 2, cursor: 0 });
  expect(told).toBe(2);
});

test('an output that the fold does not give is named: no position is made up', async () => {
  const log = await logOf([{ key: 'ann', seq: 1, loggedAt: 1000, text: 'hi' }]);
  await log.publish([recordOf({ key: 'ann', seq: 1, loggedAt: 1000, text: 'of another version' }, 'middle')]);
  await expect(find(log, [first])).rejects.toMatchObject({
    code: 'position_lost',
    message: expect.stringMatching(/^middle\/0 offset 0 is not what the fold gives on its input: /),
  });
});
