import { expect, test } from 'vitest';
import { createCompiler } from '#lib/model/compile';
import type { ModelFiles } from '#lib/model/model';
import { DAY, HOUR, openPipeline, shippedModel } from '#test/guide/pipeline';

/**
 * # 11. Thresholds
 *
 * A score fades, and one that hovers around 50 would make a lead an MQL every other day. So a way up and a way down leave a
 * gap: this model makes MQLs from 50 points on, and leads again below 35. In between nothing happens.
 */
const withTheWayDown: ModelFiles = {
  'scoring.yaml': `engine: 4
half_life: 30d
rules:
  - { id: appointment, on: appointment_scheduled, points: 25 }
  - { id: pricing, on: page_viewed, where: event.path == "/pricing", points: 10 }
`,
  'stages.yaml': `ladder: [visitor, lead, mql]
moves:
  - { id: identified, from: [visitor], to: lead, reason: gave an address, when: { identified: true } }
  - { id: qualified, from: [lead], to: mql, reason: score of 50 or more, when: { score_at_least: 50 } }
  - { id: cooled, from: [mql], to: lead, reason: interest has faded, when: { score_below: 35 } }
`,
  'routing.yaml': shippedModel['routing.yaml'] ?? '',
};

test('a score that trembles around 50 makes an MQL once', async () => {
  const leadstream = await openPipeline(withTheWayDown);
  await leadstream.track('ann', 'Appointment Scheduled');
  await leadstream.track('ann', 'Appointment Scheduled');
  const scores = [leadstream.explain('ann').score];

  for (let i = 0; i < 3; i++) {
    leadstream.passes(9 * DAY);
    scores.push(leadstream.explain('ann').score);
    await leadstream.view('ann', '/pricing');
    scores.push(leadstream.explain('ann').score);
  }

  // what 9 days leave of a point
  const left = 2 ** (-9 / 30);
  const [first, second, third] = [50 * left, (50 * left + 10) * left, ((50 * left + 10) * left + 10) * left];
  const expected = [50, first, first + 10, second, second + 10, third, third + 10];
  for (const [i, score] of scores.entries()) expect(score).toBeCloseTo(expected[i] ?? 0, 9);
  expect(scores.map(Math.round)).toEqual([50, 41, 51, 41, 51, 42, 52]);
  expect(leadstream.moves('ann').map(({ to_stage }) => to_stage)).toEqual(['lead', 'mql']);
  expect(leadstream.handoffs('ann')).toHaveLength(1);
});

/**
 * Nothing has to happen for a score to fall. The lead is woken at the very millisecond: 60 points fall below 35 when
 * 60 × 2^(−days / 30) < 35, which is after 30 × log2(60 / 35) days, 23 days and 8 hours.
 */
test('decay alone takes a lead across a threshold', async () => {
  const leadstream = await openPipeline(withTheWayDown);
  await leadstream.track('ann', 'Appointment Scheduled');
  await leadstream.track('ann', 'Appointment Scheduled');
  await leadstream.view('ann', '/pricing');
  const falls = leadstream.now() + Math.ceil(30 * DAY * Math.log2(60 / 35));

  leadstream.passes(23 * DAY + 6 * HOUR);
  expect(leadstream.stage('ann')).toBe('mql');
  leadstream.passes(DAY);

  expect(leadstream.stage('ann')).toBe('lead');
  expect(leadstream.moves('ann').at(-1)).toMatchObject({
    ...{ rule: 'cooled', from_stage: 'mql', to_stage: 'lead', reason: 'interest has faded', at: falls },
  });
  expect(leadstream.explain('ann', falls - 1).score).toBeGreaterThanOrEqual(35);
  expect(leadstream.explain('ann', falls).score).toBeLessThan(35);
});

test('who comes back is an MQL for the second time, and sales hears of it again', async () => {
  const leadstream = await openPipeline(withTheWayDown);
  await leadstream.track('ann', 'Appointment Scheduled');
  await leadstream.track('ann', 'Appointment Scheduled');
  leadstream.passes(30 * DAY);

  // 2 × 25 / 2 + 25
  await leadstream.track('ann', 'Appointment Scheduled');

  expect(leadstream.explain('ann').score).toBe(50);
  expect(leadstream.moves('ann').at(-1)).toMatchObject({ rule: 'qualified', visit: 2 });
  expect(leadstream.handoffs('ann')).toHaveLength(2);
});

/** A model without the gap is refused, with the line and what to write instead. */
test('ways up and down that overlap are a fault', () => {
  const stages = withTheWayDown['stages.yaml'] ?? '';

  const compiled = createCompiler()({ ...withTheWayDown, 'stages.yaml': stages.replace('below: 35', 'below: 60') });

  expect(compiled).toEqual({
    ok: false,
    faults: [
      {
        file: 'stages.yaml',
        line: 5,
        problem:
          'the moves qualified (line 4), cooled (line 5) can hold at one moment: a lead would be moved to and fro',
        remedy: 'write `score_below: 50` or less in cooled',
      },
    ],
  });
});
