import { expect, test } from 'vitest';
import { TOPICS } from '#schemas/topics';
import { openPipeline } from '#test/guide/pipeline';

/**
 * # 1. Publish an event
 *
 * Everything begins with something that somebody did. Websites, apps, mail senders and the CRM report it over HTTP, in
 * the shape that Segment made common, so that most of them can do it already:
 *
 *     curl http://127.0.0.1:8080/v1/track -d '{"userId": "ann", "event": "Trial Started"}'
 *
 * `event` names the behaviour. Segment's Title Case becomes snake case: "Trial Started" is `trial_started`. Any other
 * name is a behaviour of your own: it is kept as it is, and rules can use it.
 *
 * Give each event a `messageId`. A publisher that is not sure whether a call arrived sends it again with the same one,
 * and it counts once.
 */
test('an event is answered with success and flows through the pipeline', async () => {
  const leadstream = await openPipeline();

  const answer = await leadstream.post('/v1/track', {
    messageId: 'm-1',
    userId: 'ann',
    event: 'Asset Downloaded',
    properties: { asset_type: 'white_paper', asset_id: 'warm-leads' },
    context: { traits: { email: 'ann@example.com' } },
  });

  expect(answer).toEqual({ status: 200, body: { success: true } });
  expect(leadstream.records(TOPICS.activity, 'Activity')).toMatchObject([
    { event_id: 'm-1', name: 'asset_downloaded', lead_id: leadstream.leadId('ann@example.com') },
  ]);
});

test('the same event sent again is answered with success and counts once', async () => {
  const leadstream = await openPipeline();
  const call = { messageId: 'm-1', userId: 'ann', event: 'Trial Started' };

  await leadstream.post('/v1/track', call);
  const again = await leadstream.post('/v1/track', call);

  expect(again.status).toBe(200);
  expect(leadstream.explain('ann').score).toBe(25);
});

/**
 * What cannot be an event is refused with a reason, and kept: the dead letters hold the bytes as they came, so that
 * `leadstream dead-letters` can list them and send them again. Unknown fields are no fault; they are kept, too.
 */
test('an event without what it needs is refused, and kept as it came', async () => {
  const leadstream = await openPipeline();

  const answer = await leadstream.post('/v1/track', { userId: 'ann', event: 'Asset Downloaded' });

  expect(answer).toEqual({
    status: 400,
    body: {
      success: false,
      reason: 'missing_field',
      detail: 'properties.asset_type is missing: asset_downloaded needs it',
    },
  });
  const [letter] = leadstream.records(TOPICS.deadLetters, 'DeadLetter');
  expect(letter).toMatchObject({ reason: 'missing_field', origin: 'http /v1/track' });
  expect(new TextDecoder().decode(letter?.original)).toBe('{"userId":"ann","event":"Asset Downloaded"}');
});

/** Many events go in one call. The good ones are taken; the bad ones are named by their place in the batch, from 0. */
test('a batch takes the good events and names the bad ones', async () => {
  const leadstream = await openPipeline();

  const answer = await leadstream.post('/v1/batch', {
    batch: [
      { type: 'identify', userId: 'ann', traits: { email: 'ann@example.com' } },
      { type: 'track', event: 'Trial Started' },
      { type: 'track', userId: 'ann', event: 'Seats Added', properties: { seats: 12 } },
    ],
  });

  expect(answer).toEqual({ status: 200, body: { success: true, rejected: [{ index: 1, reason: 'missing_field' }] } });
  expect(leadstream.records(TOPICS.activity, 'Activity').map(({ name }) => name)).toEqual([
    'identified',
    'seats_added',
  ]);
});
