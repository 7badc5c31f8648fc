import { expect, test } from 'vitest';
import type { ModelFiles } from '#lib/model/model';
import { DAY, type GuidePipeline, HOUR, openPipeline, shippedModel } from '#test/guide/pipeline';

/**
 * # 12. The full ladder
 *
 * The shipped ladder is a short one. This model has all stages that leads pass in the field, and moves both ways: over
 * score and grade, behaviours, what sales did, and time.
 */
const full: ModelFiles = {
  'scoring.yaml': `engine: 4
half_life: 30d
rules:
  - { id: asked, on: appointment_scheduled, points: 60 }
  - { id: student, on: form_submitted, where: event.properties.role == "student", disqualifies: is a student }
grade:
  grades: { A: 40, B: 20, C: 0 }
  rules:
    - { id: large, where: lead.traits.company_size >= 50, points: 20 }
`,
  'stages.yaml': `ladder: [visitor, lead, mql, sql, opportunity, customer]
beside: [trial, dormant, reopened, recycled, unsubscribed, disqualified]
not_own: [email_sent, handoff_accepted, handoff_returned, opportunity_created, deal_won]
moves:
  - { id: identified, from: [visitor], to: lead, reason: gave an address, when: { identified: true } }
  - { id: unfit, from: [lead, mql, trial], to: disqualified, reason: does not fit, when: { disqualified: true } }
  - { id: left, from: [lead, mql, trial, reopened], to: unsubscribed, reason: unsubscribed, when: { on: unsubscribed } }
  - { id: tries, from: [lead, mql, reopened], to: trial, reason: started a trial, when: { on: trial_started } }
  - { id: tried, from: [trial], to: mql, reason: the trial is over, when: { stayed_for: 14d } }
  - { id: qualified, from: [lead, reopened], to: mql, reason: fits, when: { score_at_least: 50, grade_at_least: B } }
  - { id: accepted, from: [mql], to: sql, reason: sales accepted, when: { on: handoff_accepted } }
  - { id: returned, from: [mql, sql], to: recycled, reason: sales gave it back, when: { on: handoff_returned } }
  - { id: rested, from: [recycled], to: lead, reason: nurtured again, when: { stayed_for: 30d } }
  - { id: opened, from: [sql], to: opportunity, reason: sales sees a deal, when: { on: opportunity_created } }
  - { id: won, from: [opportunity], to: customer, reason: the deal was won, when: { on: deal_won } }
  - { id: asleep, from: [lead, mql, trial], to: dormant, reason: quiet, when: { quiet_for: 90d } }
  - { id: back, from: [dormant], to: reopened, reason: active again, when: { active: true } }
`,
  'routing.yaml': shippedModel['routing.yaml'] ?? '',
};

/** A visitor becomes a lead of a company with 80 employees: 20 points of fit, grade B. */
async function openWithAnn(): Promise<GuidePipeline> {
  const leadstream = await openPipeline(full);
  await leadstream.post('/v1/page', { anonymousId: 'browser-7', properties: { path: '/' } });
  expect(leadstream.stage('browser-7')).toBe('visitor');
  await leadstream.post('/v1/identify', { anonymousId: 'browser-7', userId: 'ann', traits: { company_size: 80 } });
  expect(leadstream.stage('ann')).toBe('lead');
  return leadstream;
}

/** Each move of ann from lead on: to where, why, and after how many days in the stage before. */
function way(leadstream: GuidePipeline): readonly (readonly [stage: string, reason: string, days: number])[] {
  const moves = leadstream.moves('ann');
  const known = moves.findIndex(({ to_stage }) => to_stage === 'lead');
  return moves
    .slice(known + 1)
    .map(({ to_stage, reason, at, from_since }) => [to_stage, reason, (at - from_since) / DAY]);
}

test('up, back to marketing with the reason of sales, and up again to the customer', async () => {
  const leadstream = await openWithAnn();
  leadstream.passes(3 * DAY);
  await leadstream.track('ann', 'Trial Started');
  leadstream.passes(15 * DAY);
  await leadstream.track('ann', 'Handoff Accepted');
  leadstream.passes(2 * DAY);
  await leadstream.track('ann', 'Handoff Returned', { reason: 'no budget this year' });
  leadstream.passes(40 * DAY);
  await leadstream.track('ann', 'Appointment Scheduled');
  leadstream.passes(DAY);
  await leadstream.track('ann', 'Handoff Accepted');
  leadstream.passes(6 * DAY);
  await leadstream.track('ann', 'Opportunity Created');
  leadstream.passes(20 * DAY);
  await leadstream.track('ann', 'Deal Won');

  expect(way(leadstream)).toEqual([
    ['trial', 'started a trial', 3],
    // nobody did anything: the 14 days were over
    ['mql', 'the trial is over', 14],
    ['sql', 'sales accepted', 15 - 14],
    ['recycled', 'sales gave it back: no budget this year', 2],
    ['lead', 'nurtured again', 30],
    ['mql', 'fits', 40 - 30],
    ['sql', 'sales accepted', 1],
    ['opportunity', 'sales sees a deal', 6],
    ['customer', 'the deal was won', 20],
  ]);
  // how often it has entered the stage, with this time
  expect(leadstream.moves('ann').map(({ to_stage, visit }) => `${to_stage} ${visit}`)).toContain('sql 2');
});

test('asleep after 90 quiet days, and reopened by its next behaviour', async () => {
  const leadstream = await openWithAnn();

  leadstream.passes(100 * DAY);
  await leadstream.track('ann', 'Appointment Scheduled');

  // 60 points and grade B: from reopened straight on to MQL
  expect(way(leadstream)).toEqual([
    ['dormant', 'quiet', 90],
    ['reopened', 'active again', 10],
    ['mql', 'fits', 0],
  ]);
});

test('interest alone is not enough where the stage asks for a grade, too', async () => {
  const leadstream = await openWithAnn();
  await leadstream.post('/v1/identify', { userId: 'ann', traits: { company_size: 8 } });

  await leadstream.track('ann', 'Appointment Scheduled');
  expect(leadstream.explain('ann')).toMatchObject({ score: 60, grade: 'C' });
  expect(leadstream.stage('ann')).toBe('lead');

  leadstream.passes(HOUR);
  await leadstream.post('/v1/identify', { userId: 'ann', traits: { company_size: 80 } });
  expect(leadstream.explain('ann').grade).toBe('B');
  expect(leadstream.stage('ann')).toBe('mql');
});

test.each([
  ['Form Submitted', { form_id: 'contact', role: 'student' }, 'disqualified', 'does not fit: is a student'],
  ['Unsubscribed', { reason: 'too many mails' }, 'unsubscribed', 'unsubscribed: too many mails'],
])('%s leads off the ladder, with the reason', async (event, properties, stage, reason) => {
  const leadstream = await openWithAnn();

  await leadstream.track('ann', event, properties);

  expect(way(leadstream).at(-1)).toEqual([stage, reason, 0]);
  leadstream.passes(200 * DAY);
  expect(leadstream.stage('ann')).toBe(stage);
});
