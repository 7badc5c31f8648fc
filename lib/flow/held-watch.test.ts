import { expect, test } from 'vitest';
import { HELD_AFTER, HeldWatch } from '#lib/flow/held-watch';

const [first, second] = [3, 5].map((partition) => ({ topic: 't', partition }));
if (first === undefined || second === undefined) throw new Error('two partitions');

function given() {
  const told: unknown[] = [];
  const watch = new HeldWatch((by) => told.push(by.map(({ partition, since }) => [partition, since])));
  return { watch, told };
}

test('a partition that shows nothing for long is told once, with when that began; and once that it goes on', () => {
  const { watch, told } = given();
  for (const now of [1000, 2000, HELD_AFTER + 999, HELD_AFTER + 1000, HELD_AFTER + 2000]) watch.look([first], now);
  expect(told).toEqual([[[3, 1000]]]);
  watch.look([], HELD_AFTER + 3000);
  watch.look([], HELD_AFTER + 4000);
  expect(told).toEqual([[[3, 1000]], []]);
});

test('one that shows something now and then is not told, whoever else is missing then', () => {
  const { watch, told } = given();
  for (let now = 0; now < 5 * HELD_AFTER; now += 1000) watch.look([now % 2000 === 0 ? first : second], now);
  expect(told).toEqual([]);
});

test('each has its own time', () => {
  const { watch, told } = given();
  watch.look([first], 0);
  watch.look([first, second], 5000);
  watch.look([first, second], HELD_AFTER);
  watch.look([first, second], HELD_AFTER + 5000);
  watch.look([second], HELD_AFTER + 6000);
  expect(told).toEqual([
    [[3, 0]],
    [
      [3, 0],
      [5, 5000],
    ],
    [[5, 5000]],
  ]);
});
