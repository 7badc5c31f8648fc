import { expect, test } from 'vitest';
import { InputProgress } from '#lib/flow/input-progress';
import { START } from '#lib/flow/position';

const record = (topic: string, partition: number, offset: number) => ({
  topic,
  partition,
  offset,
  key: null,
  value: 0,
});

test('a settled record is passed, one that is not counts its decisions, each input on its own', () => {
  const progress = new InputProgress([
    { topic: 'a', partition: 0, position: START },
    { topic: 'a', partition: 1, position: { offset: 4, cursor: 2 } },
    { topic: 'b', partition: 0, position: START },
  ]);
  progress.decided(record('a', 0, 0), true);
  progress.decided(record('a', 0, 3), false);
  progress.decided(record('a', 0, 3), false);
  progress.decided(record('a', 1, 4), false);
  progress.decided(record('b', 0, 7), true);

  expect(progress.positions()).toEqual([
    { topic: 'a', partition: 0, position: { offset: 3, cursor: 2 } },
    { topic: 'a', partition: 1, position: { offset: 4, cursor: 3 } },
    { topic: 'b', partition: 0, position: { offset: 8, cursor: 0 } },
  ]);
});
