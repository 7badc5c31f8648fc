import { expect, test } from 'vitest';
import type { Concern, Decider } from '#lib/flow/decider';
import { createDeciderTask } from '#lib/flow/decider-task';
import type { Clock } from '#lib/flow/ports';
import { supervise } from '#lib/flow/supervisor';
import { deciderTopology } from '#lib/flow/topology';
import { createMemoryLog } from '#lib/log/memory/log';
import { createMemoryStore } from '#lib/store/memory';
import { stillClock } from '#test/given/still-clock';

interface Job {
  readonly of: string;
  readonly decisions: number;
}

interface Done {
  readonly seq: number;
  readonly of: string;
}

/** Each job takes so many decisions, and each of them writes one record. */
const jobs: Decider<Job, Done> = {
  name: 'jobs',
  decide(state, { topic, value }) {
    const { of, decisions } = value as Job;
    const done = ((state.get(`done:${of}`) as number | undefined) ?? 0) + 1;
    const seq = ((state.get('last:') as number | undefined) ?? 0) + 1;
    const record = { topic: topic.replace('jobs', 'done'), partition: 0, key: null, value: { seq, of } };
    return { records: [record], done: done >= decisions };
  },
  concern: (_state, { value }): Concern => ({ keys: new Set([(value as Job).of]), inTurn: false }),
  tick: () => [],
  evolve: (state, { seq, of }) => [
    { key: 'last:', value: seq },
    { key: `done:${of}`, value: ((state.get(`done:${of}`) as number | undefined) ?? 0) + 1 },
  ],
  seqOf: ({ seq }) => seq,
  undecodable: () => [],
};

const clock = stillClock(0);

const { signal } = new AbortController();

/** What is written for jobs, in order; `concern`: whether the decider says whom one concerns. */
async function written(all: readonly Job[], concern: boolean, time = clock, crowdFor = 20): Promise<readonly string[]> {
  const log = createMemoryLog({ partitions: { jobs: 1, done: 1 } });
  await log.publish(all.map((value) => ({ topic: 'jobs', partition: 0, key: null, value })));
  const { concern: concernOf, ...inOrder } = jobs;
  let crowd = true;
  const clearing = setTimeout(() => {
    crowd = false;
  }, crowdFor);
  const task = createDeciderTask({
    topology: deciderTopology({
      service: 'jobs',
      inputs: ['jobs'],
      outputs: ['done'],
      sideOutputs: [],
      decider: concern ? jobs : inOrder,
    }),
    ...{ shard: 0, inputs: [{ topic: 'jobs', partition: 0 }], log, clock: time, observer: {}, maxOutputs: 2 },
    openStore: async () => createMemoryStore(),
    tickEvery: undefined,
    crowded: async () => crowd,
  });
  const running = supervise([task], log, time);
  await running.idle(signal);
  await running.stop();
  clearTimeout(clearing);
  const records = await log.reader<Done>({ topic: 'done', partition: 0 }, 0).next(100, signal);
  return records.map(({ value }) => (value as Done).of);
}

const LONG = [
  { of: 'a', decisions: 4 },
  { of: 'b', decisions: 1 },
  { of: 'a', decisions: 5 },
  { of: 'c', decisions: 1 },
];

test('a job that takes many decisions waits while its readers have enough to do, and others pass it', async () => {
  expect(await written(LONG, true)).toEqual(['a', 'b', 'c', 'a', 'a', 'a', 'a']);
});

test('a job that takes many decisions goes on now and then, whoever passes it and however much its readers have to do', async () => {
  let now = 0;
  const ticking: Clock = {
    ...clock,
    now() {
      now += 30;
      return now;
    },
  };
  const others = Array.from({ length: 20 }, (_, n) => ({ of: `other ${n}`, decisions: 1 }));
  const order = await written([{ of: 'a', decisions: 4 }, ...others], true, ticking, 10_000);
  expect(order).toHaveLength(24);
  expect(order.lastIndexOf('a')).toBeLessThan(20);
});

test('where it is not known whom a job concerns, all wait with it, and nobody is kept from clearing the crowd', async () => {
  expect(await written(LONG, false)).toEqual(['a', 'a', 'a', 'a', 'b', 'a', 'c']);
});
