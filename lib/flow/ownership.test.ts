import { describe, expect, test } from 'vitest';
import type { Decider } from '#lib/flow/decider';
import { createDeciderTask } from '#lib/flow/decider-task';
import { FlowError, outage } from '#lib/flow/errors';
import type { Fold } from '#lib/flow/fold';
import { createFoldTask } from '#lib/flow/fold-task';
import type { Log, TaskLog } from '#lib/flow/log';
import { asOwner } from '#lib/flow/ownership';
import type { TopicPartition } from '#lib/flow/position';
import type { Task } from '#lib/flow/task';
import { deciderTopology, foldTopology } from '#lib/flow/topology';
import { createMemoryLog } from '#lib/log/memory/log';
import { createMemoryStore } from '#lib/store/memory';
import { stillClock } from '#test/given/still-clock';

interface Said {
  readonly seq: number;
}

/** Passes on what it reads. */
const passing: Fold<null, Said, Said, null> = {
  name: 'passing',
  describe: ({ seq }) => ({ key: 'ann', seq, loggedAt: seq }),
  keyOf: () => 'ann',
  initialShared: null,
  broadcast: (shared) => ({ shared, pass: undefined }),
  step: (_, said) => ({ state: null, emit: [said] }),
  wake: () => ({ state: undefined, emit: [] }),
};

/** Numbers what it reads, and minds that its own numbers have no gap. */
const numbering: Decider<Said, Said> = {
  name: 'numbering',
  decide: () => ({ records: [], done: true }),
  tick: () => [],
  evolve: (state, { seq }) => {
    const last = Number(state.get('seq:') ?? 0);
    if (seq !== last + 1) throw new Error(`${seq} follows ${last}`);
    return [{ key: 'seq:', value: seq }];
  },
  seqOf: ({ seq }) => seq,
  undecodable: () => [],
};

const IN: TopicPartition = { topic: 'in', partition: 0 };
const outputs = (...partitions: readonly number[]) =>
  partitions.map((partition, i) => ({ topic: 'out', partition, key: null, value: { seq: i + 1 } }));

const OPTIONS = {
  openStore: async () => createMemoryStore(),
  clock: stillClock(0),
  observer: {},
};

const TASKS: readonly (readonly [name: string, create: (log: Log) => Task])[] = [
  [
    'a fold',
    (log) =>
      createFoldTask({
        ...{ ...OPTIONS, log, partition: 0, maxRecords: 10, maxSteps: 10, linger: 0 },
        chain: [foldTopology({ service: 'work', input: 'in', output: 'out', fold: passing })],
      }),
  ],
  ['a decider', decider],
];

function decider(log: Log): Task {
  return createDeciderTask({
    ...{ ...OPTIONS, log, shard: 0, inputs: [IN], maxOutputs: 10, tickEvery: undefined },
    topology: deciderTopology({
      service: 'work',
      inputs: ['in'],
      outputs: ['out'],
      sideOutputs: [],
      decider: numbering,
    }),
  });
}

const createLog = () => createMemoryLog({ partitions: { in: 1, out: 2 } });

/** The log, on which another instance acts once before an end is told. */
function overtaken(log: Log, before: TopicPartition, act: () => Promise<void>): Log {
  let acted: Promise<void> | undefined;
  return {
    ...log,
    async end(at) {
      if (at.topic === before.topic && at.partition === before.partition) {
        acted ??= act();
        await acted;
      }
      return log.end(at);
    },
  };
}

describe.each(TASKS)('%s', (_, create) => {
  test('that a newer owner has overtaken before the first commit is fenced: no position is lost', async () => {
    const log = createLog();
    const racing = overtaken(log, { topic: 'out', partition: 0 }, async () => {
      const newer = await log.open('work-0');
      await newer.commit(outputs(0), [{ ...IN, position: { offset: 1, cursor: 0 } }]);
    });
    await expect(create(racing).run(new AbortController().signal)).rejects.toMatchObject({ code: 'fenced' });
  });

  test('whose position is gone, while it is the owner, refuses to start over', async () => {
    const log = createLog();
    await log.publish([{ ...IN, key: null, value: 'something to decide' }, ...outputs(0)]);
    await expect(create(log).run(new AbortController().signal)).rejects.toMatchObject({ code: 'position_lost' });
    expect(await log.positionsOf('work-0', [IN])).toEqual([undefined]);
  });
});

test('a decider that sees half of what a newer owner writes is fenced: its outputs have no gap', async () => {
  const log = createLog();
  const first = await log.open('work-0');
  await first.commit(outputs(0), [{ ...IN, position: { offset: 1, cursor: 0 } }]);
  // The end of the first partition is told before it, that of the second after it.
  const racing = overtaken(log, { topic: 'out', partition: 1 }, async () => {
    const newer = await log.open('work-0');
    const [, second, third] = outputs(0, 0, 1);
    if (second === undefined || third === undefined) throw new Error('two more are written');
    await newer.commit([second, third], [{ ...IN, position: { offset: 2, cursor: 0 } }]);
  });
  await expect(decider(racing).run(new AbortController().signal)).rejects.toMatchObject({ code: 'fenced' });
});

describe('an error', () => {
  const bug = new Error('a bug');
  const fails = async () => {
    throw bug;
  };
  const answering = (error: Error | undefined): TaskLog => ({
    positions: async () => [],
    commit: async () => {
      if (error !== undefined) throw error;
    },
    close: async () => {},
  });
  const { signal } = new AbortController();

  test('that would end the task is told as it is if the task is still its own, or has ended already', async () => {
    await expect(asOwner(answering(undefined), signal, fails)).rejects.toBe(bug);
    const closed = new FlowError('closed', 'task work-0 is closed', { retriable: false });
    await expect(asOwner(answering(closed), signal, fails)).rejects.toBe(bug);
  });

  test('is an outage, to be tried again, while the log does not tell whose the task is', async () => {
    const silence = outage('the log', new Error('no answer'));
    await expect(asOwner(answering(silence), signal, fails)).rejects.toBe(silence);
  });

  test('that passes, or comes when the task is stopped, asks nobody', async () => {
    const asked = answering(new Error('nobody is asked'));
    const passing = outage('the store', bug);
    await expect(asOwner(asked, signal, () => Promise.reject(passing))).rejects.toBe(passing);
    await expect(asOwner(asked, AbortSignal.abort(), fails)).rejects.toBe(bug);
  });
});
