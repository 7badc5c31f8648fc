import { describe, expect, test } from 'vitest';
import { createCompiler } from '#lib/model/compile';
import { DAY, type GuidePipeline, openPipeline, shippedModel } from '#test/guide/pipeline';

/** The published example, behaviour by behaviour: what is reported over HTTP, the rule that counts it, and its points. */
const PUBLISHED = [
  ['subscribes to the mailing list', 'Subscribed', {}, 'subscribed', +5],
  ['cancels a booking', 'Booking Canceled', {}, 'booking_canceled', -5],
  ['schedules an appointment', 'Appointment Scheduled', {}, 'appointment_scheduled', +25],
  ['opens a mail', 'Email Opened', { email_id: 'm' }, 'email_opened', +5],
  ['clicks a link in a mail', 'Email Link Clicked', { email_id: 'm', link: '/x' }, 'email_clicked', +10],
  ['visits the pricing page', 'Page Viewed', { path: '/pricing' }, 'pricing_page_viewed', +10],
  ['replies to a mail', 'Email Replied', { email_id: 'm' }, 'email_replied', +15],
  ['starts a free trial', 'Trial Started', {}, 'trial_started', +25],
  ['does not open a mail', 'Email Sent', { email_id: 'm' }, 'email_not_opened', -10],
  ['unsubscribes', 'Unsubscribed', {}, 'unsubscribed', -25],
] as const;

/** The absence counts from the end of the seventh day, all others from when they occurred. */
const countsFrom = (rule: string) => (rule === 'email_not_opened' ? 7 * DAY : 0);

describe('the shipped model gives the published points', () => {
  test.each(PUBLISHED)('%s', async (_behaviour, event, properties, rule, points) => {
    const leadstream = await openPipeline();
    const from = leadstream.now() + countsFrom(rule);
    await report(leadstream, event, properties);
    const scoreAt = (days: number) => leadstream.explain('ann', from + days * DAY).score;

    expect(leadstream.explain('ann', from - 1).score).toBe(0);
    expect(leadstream.explain('ann', from).contributions).toMatchObject([{ rule, raw: points, points }]);
    expect([scoreAt(0), scoreAt(30), scoreAt(60)]).toEqual([points, points / 2, points / 4]);
    expect(scoreAt(10)).toBeCloseTo(points * 2 ** (-10 / 30), 9);
    // the last moment at which it counts, and the first at which it does not
    expect(scoreAt(400)).toBeCloseTo(points * 2 ** (-400 / 30), 9);
    expect(scoreAt(400 + 1 / DAY)).toBe(0);
  });

  test('and no others, without caps or a floor', async () => {
    const compiled = createCompiler()(shippedModel);
    if (!compiled.ok) throw new Error('the shipped model has faults');
    const { rules, hasCaps } = compiled.model.scoring;

    expect(rules.map(({ id }) => id).sort()).toEqual(PUBLISHED.map(([, , , rule]) => rule).sort());
    expect(hasCaps).toBe(false);
    expect(rules.map(({ halfLife, perDay }) => [halfLife, perDay])).toEqual(rules.map(() => [30 * DAY, Infinity]));
  });
});

/** Whole histories, the sum written as a marketer would work it out. `2 ** (-days / 30)` is what so many days leave. */
describe('histories worked out by hand', () => {
  const left = (days: number) => 2 ** (-days / 30);

  test('a trial that cools down, with a mail that nobody opened', async () => {
    const leadstream = await openPipeline();
    await report(leadstream, 'Subscribed');
    leadstream.passes(4 * DAY);
    await report(leadstream, 'Page Viewed', { path: '/pricing' });
    await report(leadstream, 'Page Viewed', { path: '/pricing/enterprise' });
    await report(leadstream, 'Page Viewed', { path: '/pricing-history' });
    leadstream.passes(2 * DAY);
    await report(leadstream, 'Trial Started');
    await report(leadstream, 'Email Sent', { email_id: 'welcome' });
    leadstream.passes(14 * DAY);

    // on day 20: subscribed on day 0, two looks at prices on day 4, the trial on day 6, unopened since day 13
    expectScore(leadstream, 5 * left(20) + 2 * 10 * left(16) + 25 * left(14) - 10 * left(7));
  });

  test('mails that count once, and a click in a mail that was opened too late', async () => {
    const leadstream = await openPipeline();
    await report(leadstream, 'Email Sent', { email_id: 'news-1' });
    await report(leadstream, 'Email Sent', { email_id: 'news-2' });
    leadstream.passes(3 * DAY);
    for (let i = 0; i < 3; i++) await report(leadstream, 'Email Opened', { email_id: 'news-1' });
    leadstream.passes(7 * DAY);
    await report(leadstream, 'Email Opened', { email_id: 'news-1' });
    await report(leadstream, 'Email Opened', { email_id: 'news-2' });
    await report(leadstream, 'Email Link Clicked', { email_id: 'news-2', link: '/demo' });
    await report(leadstream, 'Email Link Clicked', { email_id: 'news-2', link: '/prices' });

    // on day 10: news-1 opened on day 3; news-2 unopened since day 7, opened and clicked now
    expectScore(leadstream, 5 * left(7) - 10 * left(3) + 5 + 10);
  });

  test('a booking that falls through, and a farewell below zero', async () => {
    const leadstream = await openPipeline();
    await report(leadstream, 'Appointment Scheduled');
    leadstream.passes(DAY);
    await report(leadstream, 'Booking Canceled');
    leadstream.passes(29 * DAY);
    await report(leadstream, 'Unsubscribed');

    expectScore(leadstream, 25 / 2 - 5 * left(29) - 25);
    expect(leadstream.explain('ann').score).toBeLessThan(-14);
  });

  test('50 points make an MQL, and a hair less does not', async () => {
    const [enough, short] = [await openPipeline(), await openPipeline()];
    for (const event of ['Trial Started', 'Appointment Scheduled']) await report(enough, event);
    await report(short, 'Trial Started');
    short.passes(60_000);
    await report(short, 'Appointment Scheduled');

    expect([enough.explain('ann').score, enough.stage('ann')]).toEqual([50, 'mql']);
    expectScore(short, 25 * left(1 / 1440) + 25);
    expect(short.stage('ann')).toBe('lead');
  });
});

/** As a website, a mail sender or a CRM reports what ann did, now. */
async function report(leadstream: GuidePipeline, event: string, properties: Readonly<Record<string, string>> = {}) {
  if (event === 'Page Viewed') await leadstream.view('ann', properties.path ?? '');
  else await leadstream.track('ann', event, properties);
}

/** The score is that, and its contributions add up to it. */
function expectScore(leadstream: GuidePipeline, points: number): void {
  const { score, contributions } = leadstream.explain('ann');
  expect(score).toBeCloseTo(points, 9);
  expect(contributions.reduce((sum, one) => sum + one.points, 0)).toBeCloseTo(score, 9);
}
