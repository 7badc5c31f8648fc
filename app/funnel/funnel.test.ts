import { expect, test } from 'vitest';
import { formatFunnel, readFunnel } from '#app/funnel/funnel';

const rows = async () => [
  { stage: 'visitor', leads: 900, reached: 1000 },
  { stage: 'lead', leads: 95, reached: 125 },
  { stage: 'mql', leads: 0, reached: 0 },
  { stage: 'sql', leads: 0, reached: 0 },
  { stage: 'dormant', leads: 5, reached: 7 },
];

test('conversion is what part of the stage before went on; none from an empty stage or to one beside the ladder', async () => {
  const funnel = await readFunnel({ rows });
  expect(funnel.map(({ conversion }) => conversion)).toEqual([null, 12.5, 0, null, null]);
});

test('the table is aligned', async () => {
  expect(formatFunnel(await readFunnel({ rows }))).toBe(
    [
      'stage    leads  reached  conversion',
      'visitor    900     1000',
      'lead        95      125      12.5 %',
      'mql          0        0       0.0 %',
      'sql          0        0',
      'dormant      5        7',
      '',
    ].join('\n'),
  );
});
