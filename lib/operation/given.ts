import { systemClock } from '#lib/clock/system';
import type { Decider } from '#lib/flow/decider';
import { createDeciderTask } from '#lib/flow/decider-task';
import type { Fold } from '#lib/flow/fold';
import { createFoldTask } from '#lib/flow/fold-task';
import type { Log } from '#lib/flow/log';
import type { OpenStore } from '#lib/flow/store';
import type { Task, TaskObserver } from '#lib/flow/task';
import { deciderTopology, foldTopology } from '#lib/flow/topology';
import { createMemoryLog } from '#lib/log/memory/log';
import { createMemoryStore } from '#lib/store/memory';

export const IN = 'given.in';
export const OUT = 'given.out';
export const DEAD = 'given.dead';

export interface Word {
  readonly seq: number;
  readonly text: string;
}

/** Answers each word with itself. */
const echo: Fold<number, Word, Word, null> = {
  name: 'echo',
  describe: ({ seq, text }) => ({ key: text, seq, loggedAt: seq }),
  keyOf: ({ text }) => text,
  initialShared: null,
  broadcast: (shared) => ({ shared, pass: undefined }),
  step: (times = 0, word) => ({ state: times + 1, emit: [word] }),
  wake: (times) => ({ state: times, emit: [] }),
};

/** Numbers each word; what it cannot read is a dead letter. */
const counter: Decider<Word, Word> = {
  name: 'counter',
  decide: (state, { value }) => ({
    records: [
      { topic: OUT, partition: 0, key: null, value: { seq: Number(state.get('n') ?? 0) + 1, text: String(value) } },
    ],
    done: true,
  }),
  tick: () => [],
  evolve: (_state, { seq }) => [{ key: 'n', value: seq }],
  seqOf: ({ seq }) => (seq > 0 ? seq : undefined),
  undecodable: () => [{ topic: DEAD, partition: 0, key: null, value: { seq: 0, text: 'unreadable' } }],
};

export interface Given {
  readonly log: Log;
  readonly openStore: OpenStore;
  readonly observer: TaskObserver;
}

export function givenLog(...words: readonly string[]): Log {
  const log = createMemoryLog({ partitions: { [IN]: 1, [OUT]: 1, [DEAD]: 1 } });
  void say(log, ...words);
  return log;
}

export async function say(log: Log, ...words: readonly string[]): Promise<void> {
  await log.publish(words.map((text, i) => ({ topic: IN, partition: 0, key: text, value: { seq: i + 1, text } })));
}

/** Each open finds an empty store: what was committed is to be restored. */
export const lostStores: OpenStore = async () => createMemoryStore();

export function foldTask(given: Given): Task {
  const topology = foldTopology({ service: 'echo', input: IN, output: OUT, fold: echo });
  const bounds = { maxRecords: 2, maxSteps: 100, linger: 0 };
  return createFoldTask({ ...given, ...bounds, chain: [topology], partition: 0, clock: systemClock });
}

export function sinkTask(given: Given, write: (rows: readonly unknown[]) => void): Task {
  const topology = foldTopology({ service: 'rows', input: IN, output: undefined, fold: echo });
  const bounds = { maxRecords: 2, maxSteps: 100, linger: 0 };
  const sink = { write: async (rows: readonly unknown[]) => write(rows) };
  return createFoldTask({ ...given, ...bounds, chain: [topology], partition: 0, clock: systemClock, sink });
}

export function deciderTask(given: Given): Task {
  const topology = deciderTopology({
    service: 'counter',
    inputs: [IN],
    outputs: [OUT],
    sideOutputs: [DEAD],
    decider: counter,
  });
  const inputs = [{ topic: IN, partition: 0 }];
  return createDeciderTask({
    ...given,
    topology,
    shard: 0,
    inputs,
    clock: systemClock,
    maxOutputs: 100,
    tickEvery: undefined,
  });
}

/** Runs a task until it has read `offset` records and then stops it; rejects as the task does. */
export async function runTo(task: Task, offset: number): Promise<void> {
  const stop = new AbortController();
  const running = task.run(stop.signal);
  const failed = running.then(() => false);
  while ((task.positions()?.[0]?.position.offset ?? 0) < offset || task.table() === undefined) {
    await Promise.race([failed, new Promise((resolve) => setImmediate(resolve))]);
  }
  stop.abort();
  await running;
}
