import { expect, test } from 'vitest';
import { DAY, openPipeline } from '#test/guide/pipeline';

/**
 * # 5. Scores and decay
 *
 * A rule in `model/scoring.yaml` gives points for a behaviour. Interest fades, so points do: after a half-life (30 days
 * in the model that ships) half of them are left, after 400 days none. The score is the sum.
 */
test('points halve every 30 days', async () => {
  const leadstream = await openPipeline();

  await leadstream.track('ann', 'Trial Started');

  expect(leadstream.explain('ann').score).toBe(25);
  leadstream.passes(30 * DAY);
  expect(leadstream.explain('ann').score).toBe(12.5);
  leadstream.passes(30 * DAY);
  expect(leadstream.explain('ann').score).toBe(6.25);
});

test('what took place more than 400 days ago does not count', async () => {
  const leadstream = await openPipeline();

  await leadstream.track('ann', 'Trial Started');
  const then = leadstream.now();

  expect(leadstream.explain('ann', then + 400 * DAY).contributions).toHaveLength(1);
  expect(leadstream.explain('ann', then + 400 * DAY + 1).contributions).toHaveLength(0);
});

/** Mail clients open a mail as often as they like: a rule with `once_per` counts the first of each. */
test('one mail counts once as opened, however often it is', async () => {
  const leadstream = await openPipeline();

  for (let i = 0; i < 3; i++) await leadstream.track('ann', 'Email Opened', { email_id: 'news-1' });
  await leadstream.track('ann', 'Email Opened', { email_id: 'news-2' });

  expect(leadstream.explain('ann').score).toBe(10);
});

/**
 * A score depends on what happened and when, not on when it was reported. `timestamp` says when; an event that arrives
 * days late counts as much as if it had come in time.
 */
test('the order of arrival plays no part', async () => {
  const inOrder = await openPipeline();
  const trial = { messageId: 'm-1', userId: 'ann', event: 'Trial Started', timestamp: inOrder.now() - 5 * DAY };
  const visit = { messageId: 'm-2', userId: 'ann', event: 'Email Replied', properties: { email_id: 'news-1' } };
  await inOrder.post('/v1/track', trial);
  await inOrder.post('/v1/track', visit);

  const late = await openPipeline();
  await late.post('/v1/track', visit);
  await late.post('/v1/track', trial);

  expect(late.explain('ann')).toEqual(inOrder.explain('ann'));
});
