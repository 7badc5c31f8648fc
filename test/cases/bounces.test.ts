import { expect, test } from 'vitest';
import { type Call, DAY, HOUR, ident, type LeadStory, stepsOf, story, track, WHITE_PAPER } from '#test/given/story';

const ANN = { userId: 'ann' };
const MAIL = { email_id: 'case-study-1' };

/** The white paper path of ann, to whom something happens in the meantime. */
async function pathWith(...said: readonly Call[]): Promise<LeadStory> {
  const asks = track(HOUR, 'Asset Downloaded', ANN, WHITE_PAPER);
  const { of } = await story([ident(0, 'ann', { email: 'ann@x.example' }), asks, ...said], 14 * DAY);
  return of(asks);
}

/** Case 16. */
test('after a hard bounce nothing more is sent, and not having opened costs nothing', async () => {
  const { triggers, scoreAt } = await pathWith(
    track(2 * DAY + 2 * HOUR, 'Email Sent', ANN, MAIL),
    track(2 * DAY + 3 * HOUR, 'Email Bounced', ANN, { ...MAIL, kind: 'hard' }),
  );
  expect(stepsOf(triggers)).toEqual(['case_study', 'webinar_invitation (bounced)', 'demo_offer (bounced)']);
  expect(scoreAt(13 * DAY)).toBe(0);
});

test('a bounce that says nothing of its kind is a hard one, a soft one stops nothing', async () => {
  const bounces = (properties: object) => track(3 * DAY, 'Email Bounced', ANN, { ...MAIL, ...properties });
  expect(stepsOf((await pathWith(bounces({}))).triggers)[1]).toBe('webinar_invitation (bounced)');
  expect(stepsOf((await pathWith(bounces({ kind: 'soft' }))).triggers)[1]).toBe('webinar_invitation');
});

test('a complaint is told before a bounce', async () => {
  const { triggers } = await pathWith(
    track(3 * DAY, 'Email Bounced', ANN, MAIL),
    track(3 * DAY + HOUR, 'Email Marked as Spam', ANN, MAIL),
  );
  expect(stepsOf(triggers)).toEqual(['case_study', 'webinar_invitation (complained)', 'demo_offer (complained)']);
});

test('an address that is confirmed again, or another one that is given, is open', async () => {
  const bounces = track(3 * DAY, 'Email Bounced', { ...ANN, email: 'ann@x.example' }, MAIL);
  const confirmed = await pathWith(bounces, track(6 * DAY, 'Subscribed', ANN));
  expect(stepsOf(confirmed.triggers)).toEqual(['case_study', 'webinar_invitation (bounced)', 'demo_offer']);
  const another = await pathWith(bounces, ident(6 * DAY, 'ann', { email: 'ann@new.example' }));
  expect(stepsOf(another.triggers)).toEqual(['case_study', 'webinar_invitation (bounced)', 'demo_offer']);
  expect(another.triggers[2]?.personal.email).toBe('ann@new.example');
});
