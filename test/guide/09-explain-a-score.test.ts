import { expect, test } from 'vitest';
import { DAY, openPipeline } from '#test/guide/pipeline';

/**
 * # 9. Explain a score
 *
 *     leadstream explain ann@example.com --at 2026-03-12
 *
 * Every point has an origin: the event, the rule, the version of the model, and what decay has left of it. The points add
 * up to the score, at any time one asks about, to 1e-9.
 */
test('the contributions add up to the score', async () => {
  const leadstream = await openPipeline();
  await leadstream.track('ann', 'Subscribed');
  leadstream.passes(3 * DAY);
  await leadstream.view('ann', '/pricing');
  leadstream.passes(7 * DAY);
  await leadstream.track('ann', 'Email Replied', { email_id: 'news-1' });
  leadstream.passes(DAY);

  const { score, contributions } = leadstream.explain('ann');

  expect(contributions.map(({ rule, raw }) => [rule, raw])).toEqual([
    ['subscribed', 5],
    ['pricing_page_viewed', 10],
    ['email_replied', 15],
  ]);
  expect(contributions.map(({ points }) => points)).toEqual([
    5 * 2 ** (-11 / 30),
    10 * 2 ** (-8 / 30),
    15 * 2 ** (-1 / 30),
  ]);
  expect(contributions.reduce((sum, { points }) => sum + points, 0)).toBeCloseTo(score, 9);
});

/**
 * What is known changes: an event may arrive days late. `explain --at` tells what the score was at a time as known
 * **now**; with `--as-published` it tells what everybody was told **then**, and why.
 */
test('a late event changes what is known of the past, not what was published', async () => {
  const leadstream = await openPipeline();
  await leadstream.track('ann', 'Subscribed');
  const then = leadstream.now();
  leadstream.passes(10 * DAY);

  await leadstream.post('/v1/track', { userId: 'ann', event: 'Trial Started', timestamp: then - DAY });

  expect(leadstream.explainPublished('ann', then).contributions.map(({ rule }) => rule)).toEqual(['subscribed']);
  expect(leadstream.explain('ann', then).contributions.map(({ rule }) => rule)).toEqual([
    'trial_started',
    'subscribed',
  ]);
});
