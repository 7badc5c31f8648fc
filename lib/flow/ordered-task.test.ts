import { expect, test } from 'vitest';
import type { Decider } from '#lib/flow/decider';
import { createDeciderTask } from '#lib/flow/decider-task';
import { HELD_AFTER } from '#lib/flow/held-watch';
import type { Clock } from '#lib/flow/ports';
import type { HeldBy, TaskObserver } from '#lib/flow/task';
import { deciderTopology } from '#lib/flow/topology';
import { createMemoryLog } from '#lib/log/memory/log';
import { createMemoryStore } from '#lib/store/memory';

interface Said {
  readonly seq: number;
  readonly at: number;
}

/** Numbers what is said, in one order of all partitions; says when nothing more comes, once for each that it has numbered. */
const numbering: Decider<Said, Said> = {
  name: 'numbering',
  placeOf: ({ seq, at }) => ({ at, rank: 0, seq, key: '', loggedAt: at }),
  decide: (state, { value }, now) => {
    const seq = Number(state.get('seq:') ?? 0) + 1;
    const { seq: of } = value as Said;
    return { records: [{ topic: 'out', partition: 0, key: `${of}`, value: { seq, at: now } }], done: true };
  },
  idle: (state) => [
    { topic: 'out', partition: 'all', key: 'idle', value: { seq: 0, at: Number(state.get('seq:') ?? 0) } },
  ],
  tick: () => [],
  evolve: (_, { seq }) => [{ key: 'seq:', value: seq }],
  seqOf: ({ seq }) => (seq === 0 ? undefined : seq),
  undecodable: () => [],
};

/** The task on a log of two partitions; time goes on by `step` ms whenever it rests. */
function given(step: number) {
  const log = createMemoryLog({ partitions: { in: 2, out: 2 } });
  let now = 1000;
  const clock: Clock = {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        signal?.addEventListener('abort', () => resolve(), { once: true });
        if (ms > 60_000 || step === 0) return;
        setTimeout(() => {
          now += signal?.aborted === true ? 0 : step;
          resolve();
        }, 1);
      }),
  };
  const told: (readonly HeldBy[])[] = [];
  const observer: TaskObserver = { held: (_task, by) => void told.push(by) };
  const task = createDeciderTask({
    topology: deciderTopology({
      service: 'numbering',
      inputs: ['in'],
      outputs: ['out'],
      sideOutputs: [],
      decider: numbering,
    }),
    shard: 0,
    inputs: [0, 1].map((partition) => ({ topic: 'in', partition })),
    log,
    openStore: async () => createMemoryStore(),
    clock,
    observer,
    maxOutputs: 100,
    tickEvery: undefined,
  });
  const stop = new AbortController();
  return {
    told,
    says: (partition: number, seq: number, at: number) =>
      log.publish([{ topic: 'in', partition, key: null, value: { seq, at } }]),
    run: () => task.run(stop.signal),
    stop: () => stop.abort(),
    /** What is in a partition, by what it was numbered for. */
    async written(partition = 0): Promise<readonly string[]> {
      const end = await log.end({ topic: 'out', partition });
      if (end === 0) return [];
      const records = await log.reader({ topic: 'out', partition }, 0).next(end, new AbortController().signal);
      return records.map(({ key, value }) => `${key} ${(value as Said).seq} at ${(value as Said).at}`);
    },
  };
}

test('a partition that shows nothing for long is named, and what waits for it is decided as soon as it does', async () => {
  const world = given(1000);
  await world.says(0, 2, 20);
  const running = world.run();
  await expect.poll(() => world.told.length).toBe(1);
  expect(world.told[0]).toEqual([{ topic: 'in', partition: 1, since: expect.any(Number) }]);
  expect((await world.written()).filter((line) => !line.startsWith('idle'))).toEqual([]);
  await world.says(1, 1, 10);
  await world.says(1, 3, 30);
  await expect.poll(() => world.told.length).toBeGreaterThanOrEqual(2);
  expect(world.told[1]).toEqual([]);
  world.stop();
  await running;
  expect((await world.written()).filter((line) => !line.startsWith('idle'))).toEqual(['1 1 at 10', '2 2 at 20']);
  expect(HELD_AFTER).toBeGreaterThan(10_000);
});

test('one that is stopped before it has said that nothing more comes says so then, to all partitions', async () => {
  const world = given(0);
  const running = world.run();
  await world.says(0, 1, 10);
  await world.says(1, 2, 20);
  await expect.poll(() => world.written()).toEqual(['1 1 at 10']);
  world.stop();
  await running;
  expect(await world.written()).toEqual(['1 1 at 10', 'idle 0 at 1']);
  expect(await world.written(1)).toEqual(['idle 0 at 1']);
});
