import { expect, test } from 'vitest';
import { DAY, openPipeline } from '#test/guide/pipeline';

/**
 * # 14. Handoffs
 *
 * A lead that becomes an MQL goes to sales. `model/routing.yaml` names the representatives; they take turns. The record in
 * `lead.handoffs` carries the lead's story, so that the first call is an informed one.
 */
test('new MQLs go to the representatives in turn', async () => {
  const leadstream = await openPipeline();

  const reps: (string | undefined)[] = [];
  for (const lead of ['ann', 'bob', 'cleo', 'dev', 'eve']) {
    await leadstream.track(lead, 'Trial Started');
    await leadstream.track(lead, 'Appointment Scheduled');
    reps.push(leadstream.handoffs(lead)[0]?.rep);
  }

  expect(reps).toEqual(['ada', 'chidi', 'mei', 'tomas', 'ada']);
});

test('a handoff tells what the lead did and what the score is made of', async () => {
  const leadstream = await openPipeline();
  await leadstream.meet('ann', 'ann@example.com');
  await leadstream.view('ann', '/pricing');
  await leadstream.track('ann', 'Trial Started');
  await leadstream.track('ann', 'Appointment Scheduled');

  const [handoff] = leadstream.handoffs('ann');

  expect(handoff).toMatchObject({ score: 60, reason: 'became an MQL', personal: { email: 'ann@example.com' } });
  expect(handoff?.story.activities.map(({ name }) => name)).toEqual([
    'appointment_scheduled',
    'trial_started',
    'page_viewed',
    'identified',
  ]);
  expect(handoff?.story.contributions.map(({ raw }) => raw)).toEqual([25, 25, 10]);
});

/** Sales gives a lead back, and marketing nurtures on. It goes to sales again when it asks: the score alone is not enough. */
test('a returned lead goes to sales again when it books another appointment', async () => {
  const leadstream = await openPipeline();
  await leadstream.track('ann', 'Trial Started');
  await leadstream.track('ann', 'Appointment Scheduled');
  leadstream.passes(DAY);
  await leadstream.track('ann', 'Handoff Returned', { reason: 'no budget this year' });

  await leadstream.view('ann', '/pricing');
  expect(leadstream.stage('ann')).toBe('recycled');
  expect(leadstream.handoffs('ann')).toHaveLength(1);

  leadstream.passes(60 * DAY);
  await leadstream.track('ann', 'Appointment Scheduled');
  expect(leadstream.stage('ann')).toBe('mql');
  expect(leadstream.handoffs('ann')).toHaveLength(2);
});
