import { expect, test } from 'vitest';
import { DAY, HOUR, ident, stepsOf, story, track, WHITE_PAPER } from '#test/given/story';

const BOB = 'bob@other.example';
const downloads = (at: number) => track(at, 'Asset Downloaded', { userId: 'ann' }, WHITE_PAPER);

/** Case 1. */
test('an address that was taken back gets no mail', async () => {
  const asks = downloads(2 * HOUR);
  const said = [ident(0, 'ann', { email: BOB }), track(HOUR, 'Unmerged', { userId: 'ann', email: BOB }), asks];
  const { of, outcome } = await story(said, 12 * DAY);
  expect(of(asks).facts.email).toBeNull();
  expect(stepsOf(of(asks).triggers)).toEqual([
    'case_study (no_address)',
    'webinar_invitation (no_address)',
    'demo_offer (no_address)',
  ]);
  expect(outcome.triggers.filter(({ personal }) => personal.email === BOB)).toEqual([]);
});

test('who has an address of their own goes on getting mail there', async () => {
  const asks = downloads(2 * DAY);
  const said = [
    ident(0, 'ann', { email: 'ann@x.example' }),
    ident(HOUR, 'ann', { email: BOB }),
    track(DAY, 'Unmerged', { userId: 'ann', email: BOB }),
    asks,
  ];
  const { of } = await story(said, 14 * DAY);
  const { triggers } = of(asks);
  expect(stepsOf(triggers)).toEqual(['case_study', 'webinar_invitation', 'demo_offer']);
  expect(new Set(triggers.map(({ personal }) => personal.email))).toEqual(new Set(['ann@x.example']));
});

test('an address that is taken back between two steps gets the first alone', async () => {
  const asks = downloads(HOUR);
  const said = [ident(0, 'ann', { email: BOB }), asks, track(3 * DAY, 'Unmerged', { userId: 'ann', email: BOB })];
  const { of } = await story(said, 12 * DAY);
  expect(stepsOf(of(asks).triggers)).toEqual([
    'case_study',
    'webinar_invitation (no_address)',
    'demo_offer (no_address)',
  ]);
});

/** Case 2. */
test('an identify of earlier that is reported late undoes neither address nor traits', async () => {
  const asks = track(21 * HOUR, 'Appointment Scheduled', { userId: 'ann' });
  const said = [
    ident(20 * HOUR, 'ann', { email: 'new@x.example', company: 'Acme', title: 'Director' }),
    ident(HOUR, 'ann', { email: 'old@x.example' }),
    track(21 * HOUR, 'Trial Started', { userId: 'ann' }),
    track(21 * HOUR, 'Email Replied', { userId: 'ann' }),
    asks,
  ];
  const { of } = await story(said, 2 * DAY);
  const { handoffs } = of(asks);
  expect(handoffs.map(({ personal }) => [personal.email, JSON.parse(personal.traits)])).toEqual([
    ['new@x.example', { company: 'Acme', title: 'Director' }],
  ]);
});

/** Case 3. */
test('of two leads that turn out to be one the newest address counts, whichever lead is older', async () => {
  const asks = track(3 * DAY, 'Asset Downloaded', { userId: 'young' }, WHITE_PAPER);
  const alias = { type: 'alias', messageId: 'alias-3', userId: 'young', previousId: 'old' };
  const said = [
    ident(0, 'old', { email: 'old@x.example' }),
    ident(DAY, 'young', { email: 'new@x.example' }),
    { at: 2 * DAY, call: alias },
    asks,
  ];
  const { of } = await story(said, 14 * DAY);
  expect(of(asks).facts.email).toBe('new@x.example');
  expect(of(asks).triggers.map(({ personal }) => personal.email)).toEqual(Array(3).fill('new@x.example'));
});

/** Case 8. */
test('a handoff bears the last word on each trait, and no path of collect', async () => {
  const asks = track(4 * DAY, 'Appointment Scheduled', { userId: 'ann' });
  const said = [
    ident(0, 'ann', { email: 'ann@x.example', name: 'Ann Lee', phone: '+49 731 1' }),
    ident(DAY, 'ann', { title: 'Director', name: 'Ann Li' }),
    ident(2 * DAY, 'ann', {}, { context: { device: { id: 'abc' } } }),
    ident(3 * DAY, 'ann', { phone: null }),
    track(4 * DAY, 'Trial Started', { userId: 'ann' }),
    track(4 * DAY, 'Email Replied', { userId: 'ann' }),
    asks,
  ];
  const { of } = await story(said, 5 * DAY);
  expect(of(asks).handoffs.map(({ personal }) => JSON.parse(personal.traits))).toEqual([
    { name: 'Ann Li', title: 'Director' },
  ]);
});
