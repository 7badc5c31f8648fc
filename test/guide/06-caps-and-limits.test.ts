import { expect, test } from 'vitest';
import type { ModelFiles } from '#lib/model/model';
import { DAY, HOUR, openPipeline, shippedModel } from '#test/guide/pipeline';

/**
 * # 6. Caps and limits
 *
 * Ten visits in an hour are not ten times the interest of one. The shipped model keeps it simple and has no bounds; a rule
 * may have any of these, and a group of rules and the whole score a `cap`.
 */
const bounded: ModelFiles = {
  ...shippedModel,
  'scoring.yaml': `engine: 4
half_life: 30d # where a rule names none
cap: 60
groups:
  - { id: mail, cap: 20 }
rules:
  - { id: viewed, on: page_viewed, points: 10, cap: 25 }
  - { id: clicked, on: email_clicked, points: 10, group: mail }
  - { id: replied, on: email_replied, points: 15, group: mail }
  - { id: trial, on: trial_started, points: 30 }
  - { id: calculator, on: calculator_used, points: 4, per_day: 2 }
  - { id: demo, on: demo_watched, points: 8, half_life: 10d }
  - { id: webinar, on: webinar_attended, points: 8, half_life: none, expires_after: 10d }
`,
};

test('a rule gives no more than its cap; what is too much is taken from the newest', async () => {
  const leadstream = await openPipeline(bounded);

  for (let i = 0; i < 4; i++) await leadstream.view('ann', '/');

  const { score, contributions } = leadstream.explain('ann');
  expect(contributions.map(({ points, capped }) => [points, capped])).toEqual([
    [10, 0],
    [10, 0],
    [5, 5],
    [0, 10],
  ]);
  expect(score).toBe(25);
});

/** Caps bound what decay has left, so that what was too much counts once there is room. */
test('when points have faded below the cap, nothing is taken', async () => {
  const leadstream = await openPipeline(bounded);
  for (let i = 0; i < 4; i++) await leadstream.view('ann', '/');

  leadstream.passes(30 * DAY);

  expect(leadstream.explain('ann').score).toBe(4 * (10 / 2));
});

test('rules are capped first, then groups, then the total', async () => {
  const leadstream = await openPipeline(bounded);

  await leadstream.track('ann', 'Email Link Clicked', { email_id: 'news-1', link: '/demo' });
  await leadstream.track('ann', 'Email Replied', { email_id: 'news-1' });
  // 10 + 15 of the group mail, of which 20 count
  expect(leadstream.explain('ann').score).toBe(20);

  for (let i = 0; i < 3; i++) await leadstream.view('ann', '/');
  // 3 × 10 of the rule viewed, of which 25 count
  expect(leadstream.explain('ann').score).toBe(20 + 25);

  await leadstream.track('ann', 'Trial Started');
  // 30 more, of which 60 − 45 count
  const { score, contributions } = leadstream.explain('ann');
  expect(score).toBe(60);
  expect(contributions.map(({ rule, points, capped }) => [rule, points, capped])).toEqual([
    ['clicked', 10, 0],
    ['replied', 15 - 5, 5],
    ['viewed', 10, 0],
    ['viewed', 10, 0],
    ['viewed', 10 - 5, 5],
    ['trial', 30 - 15, 15],
  ]);
});

test('of a behaviour with per_day, the first of each day count (UTC)', async () => {
  const leadstream = await openPipeline(bounded);

  for (let i = 0; i < 5; i++) await leadstream.track('ann', 'calculator_used');
  expect(leadstream.explain('ann').score).toBe(2 * 4);

  leadstream.passes(DAY);
  await leadstream.track('ann', 'calculator_used');
  expect(leadstream.explain('ann').score).toBeCloseTo(2 * 4 * 2 ** (-1 / 30) + 4, 9);
});

/** A late report may push another one out of its day: the first are those that occurred first. */
test('which ones are the first does not depend on the order of arrival', async () => {
  const leadstream = await openPipeline(bounded);
  const used = { userId: 'ann', event: 'calculator_used' };
  for (const messageId of ['second', 'third']) {
    leadstream.passes(HOUR);
    await leadstream.post('/v1/track', { ...used, messageId });
  }

  await leadstream.post('/v1/track', { ...used, messageId: 'first', timestamp: leadstream.now() - 3 * HOUR });

  expect(leadstream.explain('ann').contributions.map(({ event_id }) => event_id)).toEqual(['first', 'second']);
});

test('a rule has its own half-life, or counts in full until it expires', async () => {
  const leadstream = await openPipeline(bounded);
  const beginning = leadstream.now();
  await leadstream.track('ann', 'demo_watched');
  await leadstream.track('bob', 'webinar_attended');

  expect(leadstream.explain('ann', beginning + 30 * DAY).score).toBe(8 / 2 / 2 / 2);
  expect(leadstream.explain('bob', beginning + 10 * DAY).score).toBe(8);
  expect(leadstream.explain('bob', beginning + 10 * DAY + 1).score).toBe(0);
});
