import { describe, expect, it, vi } from 'vitest';
import { systemClock } from '#lib/clock/system';
import type { Decider } from '#lib/flow/decider';
import type { Fold } from '#lib/flow/fold';
import { followFold } from '#lib/flow/follow';
import { followDecider } from '#lib/flow/follow-decider';
import type { Log } from '#lib/flow/log';
import { deciderTask, foldTask, type RunnerOptions } from '#lib/flow/runner';
import type { OpenStore, Store } from '#lib/flow/store';
import type { Task } from '#lib/flow/task';
import { deciderTopology, foldTopology } from '#lib/flow/topology';
import { createMemoryLog } from '#lib/log/memory/log';
import { createMemoryStore } from '#lib/store/memory';

const WORDS = 'words';
const NUMBERED = 'numbered';
const COUNTED = 'counted';

interface Numbered {
  readonly seq: number;
  readonly text: string;
}

/** Numbers words and spreads them over two partitions by their length. */
const numbers: Decider<string, Numbered> = {
  name: 'numbers',
  decide(state, { value }) {
    const text = String(value);
    const seq = Number(state.get('last') ?? 0) + 1;
    const partition = text.length % 2;
    return { records: [{ topic: NUMBERED, partition, key: text, value: { seq, text } }], done: true };
  },
  tick: () => [],
  evolve: (state, { seq, text }) => [
    { key: 'last', value: seq },
    { key: `word ${text}`, value: Number(state.get(`word ${text}`) ?? 0) + 1 },
  ],
  seqOf: ({ seq }) => seq,
  undecodable: () => [],
};

const counts: Fold<number, Numbered, Numbered, null> = {
  name: 'counts',
  describe: ({ seq, text }) => ({ key: text, seq, loggedAt: seq }),
  keyOf: ({ text }) => text,
  initialShared: null,
  broadcast: (shared) => ({ shared, pass: undefined }),
  step: (times = 0, word) => ({ state: times + 1, emit: [word] }),
  wake: (times) => ({ state: times, emit: [] }),
};

const NUMBERS = deciderTopology({
  service: 'numbers',
  inputs: [WORDS],
  outputs: [NUMBERED],
  sideOutputs: [],
  decider: numbers,
});
const COUNTS = foldTopology({ service: 'counts', input: NUMBERED, output: COUNTED, fold: counts });

function keptStores(): OpenStore {
  const stores = new Map<string, Store>();
  return async (task) => {
    const store = stores.get(task) ?? createMemoryStore();
    stores.set(task, store);
    return { ...store, close: async () => {} };
  };
}

interface Scene {
  readonly log: Log;
  readonly options: RunnerOptions;
  say(...words: readonly string[]): Promise<void>;
}

function scene(): Scene {
  const log = createMemoryLog({ partitions: { [WORDS]: 1, [NUMBERED]: 2, [COUNTED]: 2 } });
  const sink = { write: async () => {} };
  return {
    log,
    options: { log, openStore: keptStores(), clock: systemClock, observer: {}, sink },
    say: (...words) => log.publish(words.map((value) => ({ topic: WORDS, partition: 0, key: null, value }))),
  };
}

/** Runs tasks while `work` goes on; none of them may fail. */
async function running(tasks: readonly Task[], work: () => Promise<void>): Promise<void> {
  const stop = new AbortController();
  const runs = tasks.map((task) => task.run(stop.signal));
  try {
    await Promise.race([work(), Promise.all(runs)]);
  } finally {
    stop.abort();
    await Promise.all(runs);
  }
}

function entriesOf(task: Task): readonly (readonly [string, unknown])[] | undefined {
  const table = task.table();
  return table === undefined ? undefined : [...table.range('', '\u{10ffff}')];
}

/** The copy and the original hold the same. */
async function expectSame(copy: Task, original: Task, offsets: readonly number[]): Promise<void> {
  await vi.waitFor(() => {
    expect(original.positions()?.map(({ position }) => position.offset)).toEqual(offsets);
    expect(entriesOf(copy)).toEqual(entriesOf(original));
    expect(entriesOf(copy)?.length ?? 0).toBeGreaterThan(0);
  });
}

describe('a copy of a fold', () => {
  it('holds what the fold holds, goes on with it, and neither writes nor takes its task', async () => {
    const { log, options, say } = scene();
    const original = foldTask(options, [COUNTS], 0);
    const copy = followFold({ ...options, topology: COUNTS, partition: 0 });
    await running([deciderTask(options, NUMBERS, undefined), original, copy], async () => {
      await say('be', 'or', 'not', 'to', 'be');
      await expectSame(copy, original, [4]);
      await say('be', 'it');
      await expectSame(copy, original, [6]);
    });
    expect(await log.end({ topic: COUNTED, partition: 0 })).toBe(6);
    expect(await log.positionsOf(copy.name, [{ topic: NUMBERED, partition: 0 }])).toEqual([undefined]);
  });

  it('is asked only when it has caught up, and goes on from its own store', async () => {
    const { options, say } = scene();
    const numbering = deciderTask(options, NUMBERS, undefined);
    await say('be', 'or', 'be');
    await running([numbering], () => vi.waitFor(() => expect(numbering.positions()?.[0]?.position.offset).toBe(3)));
    const restored: unknown[] = [];
    const observer = { restoring: (task: string, progress: unknown) => restored.push([task, progress]) };
    const copy = followFold({ ...options, observer, topology: COUNTS, partition: 0 });
    expect(copy.table()).toBeUndefined();
    const caughtUp = () => vi.waitFor(() => expect(copy.positions()?.[0]?.position.offset).toBe(3));
    await running([copy], caughtUp);
    expect(restored[0]).toEqual(['follow-counts-0', { done: 0, total: 3 }]);
    expect(copy.table()).toBeUndefined();
    restored.length = 0;
    await running([copy], caughtUp);
    expect(restored).toEqual([]);
  });
});

describe('a copy of a decider', () => {
  it('holds what the decider holds, in its order over all partitions, and decides nothing', async () => {
    const { log, options, say } = scene();
    const original = deciderTask(options, NUMBERS, undefined);
    const copy = followDecider({ ...options, topology: NUMBERS });
    await running([original, copy], async () => {
      await say('be', 'or', 'not', 'to', 'be');
      await expectSame(copy, original, [5]);
      await say('that', 'is', 'the', 'question');
      await expectSame(copy, original, [9]);
    });
    expect(copy.name).not.toBe(original.name);
    expect(
      (await log.end({ topic: NUMBERED, partition: 0 })) + (await log.end({ topic: NUMBERED, partition: 1 })),
    ).toBe(9);
  });

  it('goes on from its own store, and says how far it is', async () => {
    const { options, say } = scene();
    const original = deciderTask(options, NUMBERS, undefined);
    const restored: unknown[] = [];
    const observer = { restoring: (task: string, progress: unknown) => restored.push([task, progress]) };
    const copy = followDecider({ ...options, observer, topology: NUMBERS });
    const caughtUp = (offset: number) =>
      vi.waitFor(() => expect(original.positions()?.[0]?.position.offset).toBe(offset));
    await running([original], async () => {
      await say('one', 'two');
      await caughtUp(2);
      await running([copy], () => expectSame(copy, original, [2]));
      await say('three', 'four', 'two');
      await caughtUp(5);
      await running([copy], () => expectSame(copy, original, [5]));
    });
    const told = (done: number, total: number) => ['follow-numbers-0', { done, total }];
    expect(restored).toEqual(expect.arrayContaining([told(0, 2), told(2, 2), told(0, 3), told(3, 3)]));
    expect(restored[0]).toEqual(told(0, 2));
    expect(copy.table()).toBeUndefined();
  });
});
