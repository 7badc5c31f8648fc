import { expect, test } from 'vitest';
import type { ModelFiles } from '#lib/model/model';
import { DAY, openPipeline, shippedModel } from '#test/guide/pipeline';

/**
 * # 7. How well a lead fits
 *
 * The score says how interested a lead is. The grade says how interesting: rules over what is known of the person add up
 * to points of fit, and those to a grade from A to F. In the shipped model 50 employees or more give 20 points, a deciding
 * role 20, the software industry 10, and being a student takes 30; A is from 40 points on, B from 20, C from 0, D from −20.
 */
test.each([
  ['A', 20 + 20, { company_size: 200, title: 'CTO' }],
  ['A', 20 + 20 + 10, { company_size: 200, title: 'Head of Sales', industry: 'Software' }],
  ['B', 20, { company_size: 50 }],
  ['C', 10, { company_size: 49, industry: 'Software' }],
  ['C', 0, {}],
  ['D', -30 + 10, { title: 'Student', industry: 'Software' }],
  ['F', -30, { title: 'Student' }],
])('grade %s for %d points', async (grade, points, traits) => {
  const leadstream = await openPipeline();

  await leadstream.post('/v1/identify', { userId: 'ann', traits });

  const { fit, ...explained } = leadstream.explain('ann');
  expect([explained.grade, fit?.points]).toEqual([grade, points]);
  expect(fit?.reasons.reduce((sum, reason) => sum + reason.points, 0)).toBe(points);
});

/** Of each trait the last word counts, by when it occurred; and one may ask what was known at an earlier time. */
test('what was said last counts, and at an earlier time what had been said by then', async () => {
  const leadstream = await openPipeline();
  const first = leadstream.now();
  await leadstream.post('/v1/identify', { userId: 'ann', traits: { company_size: 200, title: 'CTO' } });
  leadstream.passes(DAY);
  await leadstream.post('/v1/identify', { userId: 'ann', traits: { company_size: 8 } });

  expect(leadstream.explain('ann').fit).toEqual({
    points: 20,
    reasons: [{ rule: 'decides', points: 20, disqualifies: null }],
  });
  expect([leadstream.explain('ann', first).grade, leadstream.explain('ann').grade]).toEqual(['A', 'B']);
});

/**
 * Some are no leads at all. A rule that disqualifies may ask for something known (in `grade`) or something done (in
 * `rules`), and says why in plain words. The shipped model leaves this to sales; this one also refuses competitors.
 */
const strict: ModelFiles = {
  ...shippedModel,
  'scoring.yaml': `engine: 4
rules:
  - { id: trial, on: trial_started, points: 25 }
  - id: applicant
    on: form_submitted
    where: event.properties.subject == "jobs"
    disqualifies: looks for a job
    expires_after: 90d
grade:
  grades: { A: 0 }
  rules:
    - { id: competitor, where: lead.email_domain == "rival.example", disqualifies: works at a competitor }
`,
  'stages.yaml': (shippedModel['stages.yaml'] ?? '').replace(
    'moves:\n',
    `moves:
  - { id: unfit, from: [lead, mql], to: disqualified, reason: does not fit, when: { disqualified: true } }
`,
  ),
};

test('who is disqualified goes to no rep, and the stage says why', async () => {
  const leadstream = await openPipeline(strict);
  await leadstream.meet('rita', 'rita@rival.example');
  await leadstream.track('rita', 'Trial Started');
  await leadstream.track('rita', 'Trial Started');

  expect(leadstream.explain('rita')).toMatchObject({ score: 25 + 25, disqualified: 'works at a competitor' });
  expect(leadstream.stage('rita')).toBe('disqualified');
  expect(leadstream.moves('rita').at(-1)?.reason).toBe('does not fit: works at a competitor');
  expect(leadstream.handoffs('rita')).toEqual([]);
});

test('a behaviour disqualifies for as long as its rule counts', async () => {
  const leadstream = await openPipeline(strict);
  const applied = leadstream.now();
  await leadstream.track('joe', 'Form Submitted', { form_id: 'contact', subject: 'jobs' });

  expect(leadstream.explain('joe', applied + 90 * DAY).disqualified).toBe('looks for a job');
  expect(leadstream.explain('joe', applied + 90 * DAY + 1).disqualified).toBeNull();
});
