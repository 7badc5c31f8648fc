import { expect, test } from 'vitest';
import { funnelOf } from '#app/dashboard/funnel';

test('an empty database shows the whole ladder at zero', () => {
  const funnel = funnelOf([]);
  expect(funnel.map((stage) => stage.stage)).toEqual(['visitor', 'lead', 'mql', 'sql', 'opportunity', 'customer']);
  expect(funnel.every((stage) => stage.reached === 0 && stage.conversion === null)).toBe(true);
});

test('conversion is the share of those who reached the stage before; what is beside the ladder has none', () => {
  const funnel = funnelOf([
    { stage: 'visitor', leads: 60, reached: 100 },
    { stage: 'lead', leads: 30, reached: 40 },
    { stage: 'mql', leads: 10, reached: 10 },
    { stage: 'dormant', leads: 3, reached: 5 },
  ]);
  expect(funnel.map((stage) => [stage.stage, stage.conversion])).toEqual([
    ['visitor', null],
    ['lead', 0.4],
    ['mql', 0.25],
    ['sql', 0],
    ['opportunity', null],
    ['customer', null],
    ['dormant', null],
  ]);
});
