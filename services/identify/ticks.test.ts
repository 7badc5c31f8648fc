import { expect, test } from 'vitest';
import { DeciderMachine } from '#lib/flow/decider-machine';
import { Overlay } from '#lib/flow/table';
import { type ActivityMessage, type EventMessage, TOPICS } from '#schemas/topics';
import { createIdentifyTopology } from '#services/identify/topology';
import { event, HOUR, T0 } from '#test/given/event';
import { IDENTIFY, submitted } from '#test/given/identify';
import { inOwnTime } from '#test/given/own-time';

const SECOND = 1000;

/** identify with two partitions, asked for ticks as its task asks. */
function given(partitions = 2) {
  const times = { tickEvery: SECOND, idleTickEvery: 30 * SECOND };
  const { decider } = createIdentifyTopology({ ...IDENTIFY, ...times, partitions });
  const machine = new DeciderMachine(decider, () => partitions, new Overlay());
  let offset = 0;
  return {
    hears(message: EventMessage, now: number): void {
      while (machine.decide({ topic: TOPICS.events, partition: 0, offset, key: null, value: message }, now) === 'more');
      offset++;
    },
    /** Seconds after T0 at which ticks come, asked four times a second. */
    ticks(from: number, to: number): readonly number[] {
      const before = machine.outputs.length;
      for (let now = from; now <= to; now += SECOND / 4) machine.tick(now);
      const values = machine.outputs.slice(before).map(({ value }) => (value as ActivityMessage).value);
      return [...new Set(values.map(({ logged_at }) => (logged_at - T0) / SECOND))];
    },
    idle: () => machine.idle(),
    written: () =>
      machine.outputs.map(({ partition, value }) => {
        const { type, value: record } = value as ActivityMessage;
        return `${partition} ${type} ${record.seq} at ${(record.logged_at - T0) / SECOND}`;
      }),
  };
}

test('while events come, a tick comes every second; where nothing does, each waits twice as long, up to half a minute', () => {
  const world = given();
  world.hears(event({ user: 'ann' }), T0);
  expect(world.ticks(T0, T0 + 120 * SECOND)).toEqual([0, 1, 3, 7, 15, 31, 61, 91]);
  world.hears(event({ user: 'ann' }), T0 + 120.5 * SECOND);
  expect(world.ticks(T0 + 120.5 * SECOND, T0 + 124 * SECOND)).toEqual([120.5, 121.5, 123.5]);
});

test('a watermark follows the last record of one partition, in all, once, and moves neither time nor numbers', () => {
  const world = given();
  world.idle();
  expect(world.written()).toEqual([]);
  world.hears(submitted(), T0);
  world.idle();
  expect(world.written()).toEqual(['0 ModelApplied 1 at 0', '1 ModelApplied 1 at 0']);
  world.hears(event({ user: 'ann' }), T0 + SECOND);
  world.idle();
  world.hears(event({ user: 'ann', occurred_at: T0 + 1 }), T0 + 2 * SECOND);
  expect(world.written().slice(2)).toEqual([
    expect.stringMatching(/^[01] Activity 2 at 1$/),
    '0 Watermark 2 at 1',
    '1 Watermark 2 at 1',
    expect.stringMatching(/^[01] Activity 3 at 2$/),
  ]);
});

test('nor does an import’s own time go on with it', () => {
  const world = given();
  for (const message of inOwnTime([event({ user: 'ann', occurred_at: T0 })])) world.hears(message, T0 + HOUR);
  world.idle();
  const last = world.written().at(-1);
  expect(last).toMatch(/^1 Watermark \d at 0$/);
});

test('one partition is always complete: no watermark', () => {
  const world = given(1);
  world.hears(event({ user: 'ann' }), T0);
  world.idle();
  expect(world.written()).toHaveLength(1);
});
