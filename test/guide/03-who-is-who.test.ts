import { expect, test } from 'vitest';
import { TOPICS } from '#schemas/topics';
import { DAY, openPipeline } from '#test/guide/pipeline';

/**
 * # 3. Who is who
 *
 * Somebody who visits a website is a **visitor**: a browser with an `anonymousId`, nothing more. A userId or an email
 * makes a **lead**. Usually the browser is known first, and the person behind it later: at the identify call, all that
 * the browser did before becomes the lead's.
 */
test('a visitor who gives an address becomes a lead, and brings their history along', async () => {
  const leadstream = await openPipeline();

  await leadstream.post('/v1/page', { anonymousId: 'browser-7', properties: { path: '/pricing' } });
  const visitor = leadstream.leadId('browser-7');
  expect(leadstream.stage('browser-7')).toBe('visitor');

  leadstream.passes(DAY);
  await leadstream.post('/v1/identify', { anonymousId: 'browser-7', traits: { email: 'ann@example.com' } });

  expect(leadstream.stage('ann@example.com')).toBe('lead');
  expect(leadstream.explain('ann@example.com').contributions).toMatchObject([
    { rule: 'pricing_page_viewed', occurred_at: leadstream.now() - DAY },
  ]);
  // the visitor's id stays an alias of the lead
  expect(leadstream.leadId(visitor)).toBe(leadstream.leadId('ann@example.com'));
});

/**
 * In the log this is no rewriting. Each activity moves as a pair of records, out of the visitor and into the lead, so
 * that everything that reads the log subtracts on one side and adds on the other. The event that caused it comes last.
 */
test('a history moves by records that are appended, never by a change of old ones', async () => {
  const leadstream = await openPipeline();
  await leadstream.post('/v1/page', { messageId: 'm-1', anonymousId: 'browser-7', properties: { path: '/pricing' } });
  const visitor = leadstream.leadId('browser-7');

  await leadstream.post('/v1/identify', { messageId: 'm-2', anonymousId: 'browser-7', userId: 'ann' });

  const lead = leadstream.leadId('ann');
  expect(leadstream.records(TOPICS.activity, 'Activity')).toMatchObject([
    { event_id: 'm-1', lead_id: visitor, cause: 'live' },
    { event_id: 'm-1', lead_id: lead, cause: 'move' },
    { event_id: 'm-2', lead_id: lead, cause: 'live' },
  ]);
  expect(leadstream.records(TOPICS.activity, 'MovedOut')).toMatchObject([
    { event_id: 'm-1', lead_id: visitor, to_lead_id: lead },
  ]);
  expect(leadstream.records(TOPICS.activity, 'Merged')).toMatchObject([{ lead_id: visitor, into_lead_id: lead }]);
});

/** A phone and a laptop are two browsers. Once each has said who uses it, both are the same lead. */
test('what a person did on two devices is one history', async () => {
  const leadstream = await openPipeline();
  await leadstream.post('/v1/page', { anonymousId: 'phone', properties: { path: '/pricing' } });
  await leadstream.post('/v1/page', { anonymousId: 'laptop', properties: { path: '/pricing' } });
  leadstream.passes(30 * DAY);

  await leadstream.post('/v1/identify', { anonymousId: 'phone', traits: { email: 'ann@example.com' } });
  expect(leadstream.explain('ann@example.com').score).toBe(10 / 2);

  await leadstream.post('/v1/identify', { anonymousId: 'laptop', traits: { email: 'ann@example.com' } });
  expect(leadstream.explain('ann@example.com').score).toBe(10 / 2 + 10 / 2);
});

/** A shared computer: what it did belongs, at each moment, to whoever had last said who they are. */
test('on a shared device, an event belongs to the last person who identified there before it', async () => {
  const leadstream = await openPipeline();
  const kiosk = { anonymousId: 'kiosk' };

  await leadstream.post('/v1/identify', { ...kiosk, userId: 'ann' });
  await leadstream.post('/v1/page', { ...kiosk, properties: { path: '/pricing' } });
  leadstream.passes(DAY);
  await leadstream.post('/v1/identify', { ...kiosk, userId: 'bob' });
  await leadstream.post('/v1/track', { ...kiosk, event: 'Trial Started' });

  expect(leadstream.explain('ann').contributions.map(({ rule }) => rule)).toEqual(['pricing_page_viewed']);
  expect(leadstream.explain('bob').contributions.map(({ rule }) => rule)).toEqual(['trial_started']);
});
