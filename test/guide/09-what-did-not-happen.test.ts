import { expect, test } from 'vitest';
import { TOPICS } from '#schemas/topics';
import { DAY, HOUR, openPipeline } from '#test/guide/pipeline';

/**
 * # 9. What did not happen
 *
 * Silence tells something, too. In the model that ships, a mail that nobody opens within 7 days takes 10 points; they
 * count from the end of the seventh day. No event says so: time does. The log carries time as records of its own (ticks),
 * so a recomputation sees the same silence as the live run.
 */
test('a mail that is not opened within 7 days takes 10 points', async () => {
  const leadstream = await openPipeline();
  await leadstream.track('ann', 'Subscribed');
  await leadstream.track('ann', 'Email Sent', { email_id: 'news-1' });
  const sent = leadstream.now();

  leadstream.passes(7 * DAY - HOUR);
  expect(leadstream.explain('ann').contributions.map(({ rule }) => rule)).toEqual(['subscribed']);

  leadstream.passes(2 * HOUR);
  expect(leadstream.explain('ann').contributions).toMatchObject([
    { rule: 'subscribed', raw: 5 },
    { rule: 'email_not_opened', raw: -10, occurred_at: sent + 7 * DAY },
  ]);
});

test('a mail that is opened in time takes nothing', async () => {
  const leadstream = await openPipeline();
  await leadstream.track('ann', 'Email Sent', { email_id: 'news-1' });

  leadstream.passes(DAY);
  await leadstream.track('ann', 'Email Opened', { email_id: 'news-1' });
  leadstream.passes(30 * DAY);

  expect(leadstream.explain('ann').contributions.map(({ rule }) => rule)).toEqual(['email_opened']);
});

/**
 * The points were published, and that stays in the log. A record that takes them back is appended: the correction, with the
 * event that caused it. `added` and `removed` are what it changed, in points at its own time.
 */
test('a mail opened on day 6 but reported on day 9 takes the points back', async () => {
  const leadstream = await openPipeline();
  await leadstream.track('ann', 'Email Sent', { email_id: 'news-1' });
  const sent = leadstream.now();
  leadstream.passes(9 * DAY);
  // two days old by now
  expect(leadstream.explain('ann').score).toBeCloseTo(-10 * 2 ** (-2 / 30), 9);

  await leadstream.post('/v1/track', {
    messageId: 'late',
    userId: 'ann',
    event: 'Email Opened',
    properties: { email_id: 'news-1' },
    timestamp: sent + 6 * DAY,
  });

  expect(leadstream.explain('ann').score).toBeCloseTo(5 * 2 ** (-3 / 30), 9);
  expect(leadstream.explainPublished('ann', sent + 8 * DAY).score).toBe(-10);
  const [, absence, correction] = leadstream.records(TOPICS.scores, 'Scored');
  expect(absence).toMatchObject({ cause: 'wake', at: sent + 7 * DAY, score: { before: 0, after: -10 } });
  expect(correction).toMatchObject({
    cause: 'activity',
    cause_id: 'late',
    score: {
      before: expect.closeTo(-10 * 2 ** (-2 / 30), 8),
      after: expect.closeTo(5 * 2 ** (-3 / 30), 8),
      added: [{ rule: 'email_opened', raw: 5 }],
      removed: [{ rule: 'email_not_opened', raw: -10 }],
    },
  });
});
