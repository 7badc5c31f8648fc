import { expect, test } from 'vitest';
import { shipped } from '#test/given/lines';
import { type Call, DAY, HOUR, ident, stepsOf, story, track, WHITE_PAPER } from '#test/given/story';

/** The shipped model, for a company whose people write from acme.example and sit in one network. */
const INTERNAL = 'internal: { ips: [203.0.113.0/24], domains: [acme.example] }';
const files = {
  ...shipped,
  'scoring.yaml': (shipped['scoring.yaml'] ?? '').replace('bots: true }', `bots: true, ${INTERNAL} }`),
};
const asksAt = (at: number) => track(at, 'Asset Downloaded', { userId: 'ann' }, WHITE_PAPER);
const triesAt = (at: number) => track(at, 'Trial Started', { userId: 'ann' });
const lives = (said: readonly Call[]) => story(said, 14 * DAY, files);

test('what staff does counts for nothing, also where it gives no address', async () => {
  const asks = asksAt(2 * HOUR);
  const { of } = await lives([ident(0, 'ann', { email: 'ann@acme.example' }), triesAt(HOUR), asks]);
  expect(of(asks).scoreAt(DAY)).toBe(0);
  expect(of(asks).triggers).toEqual([]);
  expect(of(asks).moves).toEqual([]);
});

test('who turns out to be staff gets no further mail, and what was done before counts no more', async () => {
  const asks = asksAt(2 * HOUR);
  const { of } = await lives([
    ident(0, 'ann', { email: 'ann@home.example' }),
    triesAt(HOUR),
    asks,
    ident(3 * DAY, 'ann', { email: 'ann@acme.example' }),
  ]);
  expect(of(asks).scoreAt(4 * DAY)).toBe(0);
  expect(stepsOf(of(asks).triggers)).toEqual(['case_study', 'webinar_invitation (staff)', 'demo_offer (staff)']);
});

test('an address of the company that was taken back makes nobody staff', async () => {
  const asks = asksAt(2 * DAY);
  const { of } = await lives([
    ident(0, 'ann', { email: 'ann@home.example' }),
    ident(HOUR, 'ann', { email: 'boss@acme.example' }),
    triesAt(2 * HOUR),
    track(DAY, 'Unmerged', { userId: 'ann', email: 'boss@acme.example' }),
    asks,
  ]);
  expect(of(asks).scoreAt(3 * DAY)).toBeGreaterThan(0);
  expect(stepsOf(of(asks).triggers)).toEqual(['case_study', 'webinar_invitation', 'demo_offer']);
});

test('who visits the office and gives an address there is no staff', async () => {
  const asks = asksAt(2 * HOUR);
  const office = { context: { ip: '203.0.113.7' } };
  const { of } = await lives([
    ident(0, 'ann', { email: 'ann@home.example' }),
    ident(HOUR, 'ann', { email: 'ann@home.example' }, office),
    asks,
  ]);
  expect(stepsOf(of(asks).triggers)).toEqual(['case_study', 'webinar_invitation', 'demo_offer']);
});
