import { expect, test } from 'vitest';
import { TOPICS } from '#schemas/topics';
import { DAY, HOUR, openPipeline } from '#test/guide/pipeline';

/**
 * # 5. What did not happen
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

/** The points were published, and that stays in the log. The record that takes them back is appended. */
test('an open that was reported too late, but happened in time, takes the points back', async () => {
  const leadstream = await openPipeline();
  await leadstream.track('ann', 'Email Sent', { email_id: 'news-1' });
  const opened = leadstream.now() + DAY;
  leadstream.passes(8 * DAY);
  expect(leadstream.explain('ann').score).toBeLessThan(-9);

  await leadstream.post('/v1/track', {
    userId: 'ann',
    event: 'Email Opened',
    properties: { email_id: 'news-1' },
    timestamp: opened,
  });

  expect(leadstream.explain('ann').contributions.map(({ rule }) => rule)).toEqual(['email_opened']);
  const [, wake, late] = leadstream.records(TOPICS.scores, 'Scored');
  expect(wake?.score.added).toMatchObject([{ rule: 'email_not_opened', raw: -10 }]);
  expect(late?.score.removed).toMatchObject([{ rule: 'email_not_opened', raw: -10 }]);
});
