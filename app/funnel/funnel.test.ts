import { expect, test } from 'vitest';
import { readFunnel } from '#app/funnel/funnel';

test('stages come as the tables have them, counts as numbers', async () => {
  const rows = async () => [
    { stage: 'guest', leads: '900', reached: '1000' },
    { stage: 'patron', leads: 95, reached: 125 },
  ];
  expect(await readFunnel({ rows })).toEqual([
    { stage: 'guest', leads: 900, reached: 1000 },
    { stage: 'patron', leads: 95, reached: 125 },
  ]);
});
