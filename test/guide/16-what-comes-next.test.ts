import { expect, test } from 'vitest';
import { DAY, openPipeline, shippedModel } from '#test/guide/pipeline';

/**
 * # 16. What comes next
 *
 * Points fade, so a score has a future even if nothing more happens. `explain` and a lead's page tell it: the score in 7
 * and 30 days, what changes most, what still waits to count, and when a level of the stages is crossed.
 */
test('which points fade most, and when the score falls below a level', async () => {
  const leadstream = await openPipeline();
  await leadstream.track('ann', 'Trial Started');
  await leadstream.track('ann', 'Appointment Scheduled');
  await leadstream.track('ann', 'Appointment Scheduled');

  const { next, waiting, thresholds, in_7_days, in_30_days } = leadstream.outlook('ann');

  expect(in_7_days).toBeCloseTo(75 * 2 ** (-7 / 30), 9);
  expect(in_30_days).toBe(75 / 2);
  const in7 = 25 * 2 ** (-7 / 30);
  expect(next.map(({ rule, points, in_7_days: then }) => [rule, points, then])).toEqual([
    ['trial_started', 25, in7],
    ['appointment_scheduled', 25, in7],
    ['appointment_scheduled', 25, in7],
  ]);
  expect(waiting).toEqual([]);
  // 75 × 2^(−days / 30) < 50 after 30 × log2(75 / 50) days: 17 days and 13 hours
  const falls = leadstream.now() + Math.ceil(30 * DAY * Math.log2(75 / 50));
  expect(thresholds).toEqual([{ stage: 'mql', score: 50, direction: 'falls_below', at: falls }]);
});

test('what is told comes true', async () => {
  const leadstream = await openPipeline();
  for (const event of ['Trial Started', 'Appointment Scheduled', 'Email Replied']) await leadstream.track('ann', event);
  const { thresholds, in_7_days } = leadstream.outlook('ann');
  const [falls] = thresholds;

  expect(leadstream.explain('ann', leadstream.now() + 7 * DAY).score).toBe(in_7_days);
  expect(leadstream.explain('ann', (falls?.at ?? 0) - 1).score).toBeGreaterThanOrEqual(50);
  expect(leadstream.explain('ann', falls?.at).score).toBeLessThan(50);
});

/** A mail that nobody has opened yet is a loss that waits. It is part of the future, too. */
test('an absence that will count is told, and may be what takes the score below a level', async () => {
  const leadstream = await openPipeline();
  await leadstream.track('ann', 'Trial Started');
  await leadstream.track('ann', 'Appointment Scheduled');
  await leadstream.view('ann', '/pricing');
  await leadstream.track('ann', 'Email Sent', { email_id: 'news-1' });
  const seventhDay = leadstream.now() + 7 * DAY;

  const { waiting, thresholds, in_7_days } = leadstream.outlook('ann');

  expect(waiting).toMatchObject([{ rule: 'email_not_opened', points: -10, at: seventhDay }]);
  // 60 points would still be 51.04 on the seventh day
  expect(in_7_days).toBeCloseTo(60 * 2 ** (-7 / 30) - 10, 9);
  expect(thresholds).toMatchObject([{ score: 50, direction: 'falls_below', at: seventhDay }]);

  await leadstream.track('ann', 'Email Opened', { email_id: 'news-1' });
  expect(leadstream.outlook('ann').waiting).toEqual([]);
});

test('what expires is told with its last moment', async () => {
  const scoring = `engine: 4
rules:
  - { id: webinar, on: webinar_attended, points: 8, expires_after: 3d }
`;
  const leadstream = await openPipeline({ ...shippedModel, 'scoring.yaml': scoring });
  await leadstream.track('ann', 'webinar_attended');

  const { next } = leadstream.outlook('ann');

  expect(next).toMatchObject([{ rule: 'webinar', points: 8, in_7_days: 0, ends_at: leadstream.now() + 3 * DAY }]);
});
