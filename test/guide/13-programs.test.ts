import { expect, test } from 'vitest';
import { DAY, HOUR, openPipeline } from '#test/guide/pipeline';

/**
 * # 13. Programs
 *
 * A program in `model/programs/` waits for something and answers with timed steps. Leadstream sends no mail itself: each
 * step that falls due is a record in `lead.triggers`, and a mail sender acts on it.
 */
test('three looks at the pricing page within 7 days bring the comparison guide, at once', async () => {
  const leadstream = await openPipeline();
  await leadstream.meet('ann', 'ann@example.com');

  await leadstream.view('ann', '/pricing');
  leadstream.passes(2 * DAY);
  await leadstream.view('ann', '/pricing/enterprise');
  expect(leadstream.triggers('ann')).toEqual([]);
  leadstream.passes(DAY);
  await leadstream.view('ann', '/pricing');

  expect(leadstream.triggers('ann')).toEqual(['pricing-comparison/comparison_guide']);
});

test('a white paper starts a path: case study, webinar, demo', async () => {
  const leadstream = await openPipeline();
  await leadstream.meet('ann', 'ann@example.com');
  await leadstream.track('ann', 'Asset Downloaded', { asset_type: 'white_paper' });

  leadstream.passes(2 * DAY + HOUR);
  expect(leadstream.triggers('ann')).toEqual(['white-paper/case_study']);
  leadstream.passes(3 * DAY);
  expect(leadstream.triggers('ann')).toEqual(['white-paper/case_study', 'white-paper/webinar_invitation']);
  leadstream.passes(4 * DAY);
  expect(leadstream.triggers('ann')).toEqual([
    'white-paper/case_study',
    'white-paper/webinar_invitation',
    'white-paper/demo_offer',
  ]);
});

test('the path ends when its aim is reached', async () => {
  const leadstream = await openPipeline();
  await leadstream.meet('ann', 'ann@example.com');
  await leadstream.track('ann', 'Asset Downloaded', { asset_type: 'white_paper' });
  leadstream.passes(3 * DAY);

  await leadstream.track('ann', 'Appointment Scheduled');
  leadstream.passes(30 * DAY);

  expect(leadstream.triggers('ann')).toEqual(['white-paper/case_study']);
});

/**
 * A step that must not be sent is recorded all the same, with the reason. So the reports add up, and nobody wonders why a
 * mail did not go out.
 */
test('who has unsubscribed gets no mail, and the record says so', async () => {
  const leadstream = await openPipeline();
  await leadstream.meet('ann', 'ann@example.com');
  await leadstream.track('ann', 'Unsubscribed');

  for (let i = 0; i < 3; i++) await leadstream.view('ann', '/pricing');

  expect(leadstream.triggers('ann')).toEqual(['pricing-comparison/comparison_guide (unsubscribed)']);
});

/** Old news is scored and counted, but nobody gets a mail because of it. */
test('what is reported more than 24 hours late sends nothing', async () => {
  const leadstream = await openPipeline();
  await leadstream.meet('ann', 'ann@example.com');

  await leadstream.post('/v1/track', {
    userId: 'ann',
    event: 'Asset Downloaded',
    properties: { asset_type: 'white_paper' },
    timestamp: leadstream.now() - 3 * DAY,
  });
  leadstream.passes(30 * DAY);

  expect(leadstream.triggers('ann')).toEqual([
    'white-paper/case_study (historic)',
    'white-paper/webinar_invitation (historic)',
    'white-paper/demo_offer (historic)',
  ]);
});
