import { expect, test } from 'vitest';
import { TOPICS } from '#schemas/topics';
import { DAY, openPipeline } from '#test/guide/pipeline';

/**
 * # 10. Stages
 *
 * A lead climbs a ladder: visitor, lead, MQL, SQL, opportunity, customer. `model/stages.yaml` says what moves it: a score
 * that is high enough, a behaviour, or a long silence. What sales does counts like anything else: it comes in as events.
 */
test('a lead climbs from the first form to the sale', async () => {
  const leadstream = await openPipeline();
  const stages: string[] = [];
  for (const event of [
    'Subscribed',
    'Trial Started',
    'Appointment Scheduled',
    'Handoff Accepted',
    'Opportunity Created',
    'Deal Won',
  ]) {
    leadstream.passes(DAY);
    await leadstream.track('ann', event);
    stages.push(leadstream.stage('ann'));
  }
  expect(stages).toEqual(['lead', 'lead', 'mql', 'sql', 'opportunity', 'customer']);
});

/** Each change says when and why. What was decided stays decided, also when the score falls again. */
test('a change of stage carries its reason and the story behind it', async () => {
  const leadstream = await openPipeline();

  await leadstream.track('ann', 'Trial Started');
  await leadstream.track('ann', 'Appointment Scheduled');

  const last = leadstream.records(TOPICS.stages, 'Staged').at(-1);
  const at = leadstream.now();
  expect(last?.moves).toMatchObject([
    { from_stage: 'lead', to_stage: 'mql', reason: 'score of 50 or more', at, rule: 'qualified', visit: 1 },
  ]);
  expect(last?.story?.activities.map(({ name }) => name)).toEqual(['appointment_scheduled', 'trial_started']);

  leadstream.passes(30 * DAY);
  expect(leadstream.explain('ann').score).toBe(25);
  expect(leadstream.stage('ann')).toBe('mql');
});

/** A lead that does nothing of its own for 90 days falls asleep. Mails that are sent to it do not keep it awake,
 * nor does what systems report of it, such as a nightly sync. */
test('a quiet lead is dormant after 90 days, and awake again with its next behaviour', async () => {
  const leadstream = await openPipeline();
  await leadstream.track('ann', 'Subscribed');
  leadstream.passes(60 * DAY);
  await leadstream.track('ann', 'Email Sent', { email_id: 'news-1' });

  leadstream.passes(30 * DAY);
  expect(leadstream.stage('ann')).toBe('lead');
  leadstream.passes(DAY);
  expect(leadstream.stage('ann')).toBe('dormant');

  await leadstream.view('ann', '/blog');
  expect(leadstream.stage('ann')).toBe('lead');
});

/** A lost deal is not the end: the lead is recycled, and goes to sales again as soon as it asks for something. */
test('who was lost comes back by asking', async () => {
  const leadstream = await openPipeline();
  await leadstream.track('ann', 'Trial Started');
  await leadstream.track('ann', 'Opportunity Created');
  await leadstream.track('ann', 'Deal Lost', { reason: 'price' });
  expect(leadstream.stage('ann')).toBe('recycled');
  const last = leadstream.records(TOPICS.stages, 'Staged').at(-1);
  expect(last?.moves).toMatchObject([{ rule: 'lost', reason: 'the deal was lost: price' }]);

  leadstream.passes(30 * DAY);
  await leadstream.view('ann', '/pricing');
  expect(leadstream.stage('ann')).toBe('recycled');
  await leadstream.track('ann', 'Appointment Scheduled');
  expect(leadstream.stage('ann')).toBe('mql');
});
