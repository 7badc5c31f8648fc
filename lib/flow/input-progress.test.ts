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

test('a position is behind what was taken up, or at the first that is not settled, each input on its own', () => {
  const progress = new InputProgress([
    { topic: 'a', partition: 0, position: START },
    { topic: 'a', partition: 1, position: { offset: 4, cursor: 2 } },
    { topic: 'b', partition: 0, position: START },
  ]);
  for (const taken of [record('a', 0, 0), record('a', 0, 3), record('a', 0, 5), record('b', 0, 7)])
    progress.took(taken);

  const unsettled = [
    { record: record('a', 0, 3), decisions: 2 },
    { record: record('a', 0, 5), decisions: 0 },
  ];
  expect(progress.positions(unsettled)).toEqual([
    { topic: 'a', partition: 0, position: { offset: 3, cursor: 2 } },
    { topic: 'a', partition: 1, position: { offset: 4, cursor: 0 } },
    { topic: 'b', partition: 0, position: { offset: 8, cursor: 0 } },
  ]);
  expect(progress.decisionsBefore(record('a', 1, 4))).toBe(2);
  expect(progress.decisionsBefore(record('a', 1, 5))).toBe(0);
});
