import { expect, test } from 'vitest';
import { type Call, DAY, HOUR, ident, stepsOf, story, track, WHITE_PAPER } from '#test/given/story';

const ANN = { userId: 'ann' };
const UNSENT = ['case_study (unsubscribed)', 'webinar_invitation (unsubscribed)', 'demo_offer (unsubscribed)'];
const SENT = ['case_study', 'webinar_invitation', 'demo_offer'];

/** What becomes of the white paper path that ann enters after all that was said. */
async function pathAfter(...said: readonly Call[]): Promise<readonly string[]> {
  const asks = track(5 * DAY, 'Asset Downloaded', ANN, WHITE_PAPER);
  const { of } = await story([ident(0, 'ann', { email: 'ann@x.example' }), ...said, asks], 16 * DAY);
  return stepsOf(of(asks).triggers);
}

/** Case 4. */
test('the last word counts by when it was said, not by when it was reported', async () => {
  expect(await pathAfter(track(2 * DAY, 'Subscribed', ANN), track(DAY, 'Unsubscribed', ANN))).toEqual(SENT);
  expect(await pathAfter(track(2 * DAY, 'Unsubscribed', ANN), track(DAY, 'Subscribed', ANN))).toEqual(UNSENT);
});

test('of two words of the same moment the opt-out counts, whichever comes first', async () => {
  const [yes, no] = [track(DAY, 'Subscribed', ANN), track(DAY, 'Unsubscribed', ANN)];
  expect(await pathAfter(yes, no)).toEqual(UNSENT);
  expect(await pathAfter(no, yes)).toEqual(UNSENT);
});

/** Case 5. */
test('an opt-in that turns out to be somebody else’s opens nothing', async () => {
  const device = { anonymousId: 'shared' };
  const said = [
    ident(HOUR, 'ann', { email: 'ann@x.example' }, device),
    track(DAY, 'Unsubscribed', ANN),
    track(3 * DAY, 'Subscribed', device),
    ident(2 * DAY, 'bob', { email: 'bob@x.example' }, device),
  ];
  expect(await pathAfter(...said)).toEqual(UNSENT);
});

test('an opt-out that turns out to be somebody else’s closes nothing', async () => {
  const device = { anonymousId: 'shared' };
  const said = [
    ident(HOUR, 'ann', { email: 'ann@x.example' }, device),
    track(3 * DAY, 'Unsubscribed', device),
    ident(2 * DAY, 'bob', { email: 'bob@x.example' }, device),
  ];
  expect(await pathAfter(...said)).toEqual(SENT);
});

/** Case 17. */
test('an opt-in to one list opens no other', async () => {
  const [a, b] = [{ list: 'A' }, { list: 'B' }];
  expect(await pathAfter(track(DAY, 'Unsubscribed', ANN, a), track(2 * DAY, 'Subscribed', ANN, b))).toEqual(UNSENT);
  expect(await pathAfter(track(DAY, 'Unsubscribed', ANN, a), track(2 * DAY, 'Subscribed', ANN, a))).toEqual(SENT);
});

test('an opt-in to all opens each list, an opt-out of all closes each', async () => {
  const a = { list: 'A' };
  expect(await pathAfter(track(DAY, 'Unsubscribed', ANN, a), track(2 * DAY, 'Subscribed', ANN))).toEqual(SENT);
  expect(await pathAfter(track(DAY, 'Subscribed', ANN, a), track(2 * DAY, 'Unsubscribed', ANN))).toEqual(UNSENT);
});

test('an opt-out of another channel stops no mail', async () => {
  expect(await pathAfter(track(DAY, 'Unsubscribed', ANN, { channel: 'sms' }))).toEqual(SENT);
});

test('a one-click opt-out counts although a machine clicks it, its opt-in does not', async () => {
  const BOT = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';
  const byBot = ({ at, call }: Call): Call => ({ at, call: { ...call, context: { userAgent: BOT } } });
  expect(await pathAfter(byBot(track(DAY, 'Unsubscribed', ANN)))).toEqual(UNSENT);
  expect(await pathAfter(track(DAY, 'Unsubscribed', ANN), byBot(track(2 * DAY, 'Subscribed', ANN)))).toEqual(UNSENT);
});
