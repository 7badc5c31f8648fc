import { expect, test } from 'vitest';
import { TOPICS } from '#schemas/topics';
import { DAY, type GuidePipeline, openPipeline } from '#test/guide/pipeline';

/**
 * # 4. Joined and parted
 *
 * A person has several ids: the shop knows a userId, the newsletter an address. As long as nobody says that they belong
 * together, they are two leads. An event that names both joins them, whatever each of them did before.
 */
test('a userId and an address that one event names together are one lead', async () => {
  const leadstream = await openPipeline();
  const ann = { userId: 'ann', traits: { email: 'ann@example.com' } };
  await annAndAddress(leadstream);
  expect(leadstream.leadId('ann@example.com')).not.toBe(leadstream.leadId('ann'));
  const [before, given_up] = [leadstream.leadId('ann'), leadstream.leadId('ann@example.com')];

  await leadstream.post('/v1/identify', ann);

  // the trial is 30 days old, the reply is new
  expect(leadstream.explain('ann').score).toBe(25 / 2 + 15);
  expect(leadstream.explain('ann@example.com')).toEqual(leadstream.explain('ann'));
  // the older id stays; the other one leads to it from now on
  expect(leadstream.leadId('ann')).toBe(before);
  expect(leadstream.leadId(given_up)).toBe(before);
});

/**
 * A lead gets its id when its first userId or address arrives, and keeps it: your CRM can store it. What is reported late
 * changes no id, whatever time it is of. So, alone of all that is told of a lead, the id depends on the order of arrival.
 */
test('an id stays, whatever is reported late', async () => {
  const leadstream = await openPipeline();
  await leadstream.meet('ann', 'ann@example.com');
  const lead = leadstream.leadId('ann');

  const timestamp = new Date(leadstream.now() - 60 * 60_000).toISOString();
  const late = { event: 'Email Clicked', timestamp, context: { traits: { email: 'ann@example.com' } } };
  await leadstream.post('/v1/track', late);

  expect(leadstream.leadId('ann@example.com')).toBe(lead);
  expect(leadstream.records(TOPICS.activity, 'MovedOut')).toEqual([]);
});

/** An alias call does the same with two userIds, as where an app gives its users new ones. */
test('an alias joins a userId with the one before', async () => {
  const leadstream = await openPipeline();
  await leadstream.track('ann', 'Trial Started');
  await leadstream.track('customer-17', 'Email Replied');

  await leadstream.post('/v1/alias', { userId: 'customer-17', previousId: 'ann' });

  expect(leadstream.explain('customer-17').score).toBe(25 + 15);
});

/**
 * Two people who were taken for one come apart by an event, too. Nothing was lost by joining them, so each gets back what
 * is theirs, under the id that they had. Who never had one gets a new one, and no id ever becomes somebody else's.
 */
test('an unmerge gives both their own again', async () => {
  const leadstream = await openPipeline();
  await annAndAddress(leadstream);
  const before = [leadstream.explain('ann'), leadstream.explain('ann@example.com')];
  await leadstream.post('/v1/identify', { userId: 'ann', traits: { email: 'ann@example.com' } });

  await leadstream.post('/v1/track', { userId: 'ann', event: 'Unmerged', traits: { email: 'ann@example.com' } });

  expect(before.map(({ score }) => score)).toEqual([25 / 2, 15]);
  expect([leadstream.explain('ann'), leadstream.explain('ann@example.com')]).toEqual(before);
});

/** What broken trackers send in place of an id would join strangers. It names nobody: only the rest of the event counts. */
test.each(['', 'null', 'undefined', 'anonymous', '[object Object]'])('the userId %j joins nobody', async (userId) => {
  const leadstream = await openPipeline();

  await leadstream.post('/v1/page', { anonymousId: 'browser-1', userId, properties: { path: '/pricing' } });
  await leadstream.post('/v1/page', { anonymousId: 'browser-2', userId, properties: { path: '/pricing' } });

  expect(leadstream.leadId('browser-1')).not.toBe(leadstream.leadId('browser-2'));
  expect([leadstream.stage('browser-1'), leadstream.stage('browser-2')]).toEqual(['visitor', 'visitor']);
  expect(await leadstream.post('/v1/page', { userId })).toMatchObject({
    status: 400,
    body: { reason: 'missing_field', detail: 'one of userId, anonymousId and email is needed' },
  });
});

/** An office's address is no person. One that is named with more than 20 userIds is shared, and joins none of them. */
test('an address joins 20 people, and with the 21st none', async () => {
  const leadstream = await openPipeline();
  const people = Array.from({ length: 21 }, (_, i) => `user-${i + 1}`);
  const leads = (known: readonly string[]) => new Set(known.map((id) => leadstream.leadId(id))).size;

  for (const id of people.slice(0, 20)) await leadstream.meet(id, 'office@example.com');
  expect(leads(people.slice(0, 20))).toBe(1);

  await leadstream.meet('user-21', 'office@example.com');
  expect(leads(people)).toBe(21);
});

/** Ann starts a trial; 30 days later somebody replies to a mail, and only the address is known. */
async function annAndAddress(leadstream: GuidePipeline): Promise<void> {
  await leadstream.track('ann', 'Trial Started');
  leadstream.passes(30 * DAY);
  await leadstream.post('/v1/track', { event: 'Email Replied', context: { traits: { email: 'ann@example.com' } } });
}
