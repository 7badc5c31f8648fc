import { expect, test } from 'vitest';
import { funnelOf } from '#app/dashboard/funnel';

function ladder(stage: string, leads: number, reached: number) {
  return { stage, leads, reached, kind: 'ladder' };
}

test('stages, their order and which are beside the ladder are those of the model in force', () => {
  const funnel = funnelOf([
    ladder('guest', 0, 0),
    ladder('patron', 0, 0),
    { stage: 'customer', leads: 0, reached: 0, kind: 'beside' },
    { stage: 'lead', leads: 2, reached: 2, kind: 'former' },
  ]);
  expect(funnel.map(({ stage, ladder: isRung }) => [stage, isRung])).toEqual([
    ['guest', true],
    ['patron', true],
    ['customer', false],
    ['lead', false],
  ]);
  expect(funnel.every(({ conversion }) => conversion === null)).toBe(true);
});

test('conversion is the share of those who reached the stage before; what is beside the ladder has none', () => {
  const funnel = funnelOf([
    ladder('visitor', 60, 100),
    ladder('lead', 30, 40),
    ladder('mql', 10, 10),
    ladder('sql', 0, 0),
    ladder('customer', 0, 0),
    { stage: 'dormant', leads: 3, reached: 5, kind: 'beside' },
  ]);
  expect(funnel.map((stage) => [stage.stage, stage.conversion])).toEqual([
    ['visitor', null],
    ['lead', 0.4],
    ['mql', 0.25],
    ['sql', 0],
    ['customer', null],
    ['dormant', null],
  ]);
});
