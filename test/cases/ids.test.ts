import { expect, test } from 'vitest';
import { type Call, DAY, HOUR, ident, stepsOf, story, track, WHITE_PAPER, type Who } from '#test/given/story';

const ANN = { userId: 'ann' };
const ADDRESS = 'ann@x.example';

const becomesMql: readonly Call[] = [
  ident(2 * DAY, 'ann', { email: ADDRESS }),
  track(2 * DAY, 'Trial Started', ANN),
  track(2 * DAY, 'Email Replied', ANN),
  track(2 * DAY, 'Appointment Scheduled', ANN),
];

/** How a lead may be named by an event that comes late. */
const LATE: readonly (readonly [string, Call])[] = [
  ['names only her address', track(2 * DAY - HOUR, 'Email Clicked', { email: ADDRESS }, { email_id: 'm1' })],
  ['names only her userId', track(2 * DAY - HOUR, 'Page Looked At', ANN)],
  ['names both', ident(2 * DAY - HOUR, 'ann', { email: ADDRESS, title: 'Director' })],
  ['names another address of hers', ident(2 * DAY - HOUR, 'ann', { email: 'ann@home.example' })],
  [
    'is an alias of another userId',
    { at: DAY, call: { type: 'alias', messageId: 'late-alias', userId: 'ann', previousId: 'customer-17' } },
  ],
];

/** Case 6. */
test.each(LATE)('a late event that %s changes neither her id nor what was decided', async (_, late) => {
  const [first] = becomesMql;
  if (first === undefined) throw new Error('nothing happens');
  const before = await story(becomesMql, 3 * DAY);
  const { of, outcome } = await story([...becomesMql, late], 3 * DAY);
  expect(of(late).lead).toBe(before.of(first).lead);
  expect(new Set(outcome.owners.values())).toEqual(new Set(before.outcome.owners.values()));
  expect(of(late).moves).toEqual(before.of(first).moves);
  expect(of(late).handoffs.map(({ rep, handoff_id }) => [rep, handoff_id])).toEqual(
    before.outcome.handoffs.map(({ rep, handoff_id }) => [rep, handoff_id]),
  );
  expect(outcome.handoffs).toHaveLength(1);
  expect(outcome.triggers.map(({ trigger_id }) => trigger_id)).toEqual(
    before.outcome.triggers.map(({ trigger_id }) => trigger_id),
  );
});

/** Case 7. */
test.each<[string, Who]>([
  ['her address', { email: ADDRESS }],
  ['her userId', ANN],
])('a program goes on after a late event that names only %s', async (_, who) => {
  const asks = track(DAY, 'Asset Downloaded', ANN, WHITE_PAPER);
  const late = track(DAY - HOUR, 'Email Opened', who, { email_id: 'm1' });
  const said = [ident(DAY, 'ann', { email: ADDRESS }), asks, track(3 * DAY, 'Page Looked At', ANN), late];
  const { of, outcome } = await story(said, 14 * DAY);
  expect(of(late).lead).toBe(of(asks).lead);
  expect(stepsOf(of(asks).triggers)).toEqual(['case_study', 'webinar_invitation', 'demo_offer']);
  expect(outcome.triggers).toHaveLength(3);
});

test('a program goes on where an older address turns out to be hers, too: she has the id that was given first', async () => {
  const asks = track(DAY, 'Asset Downloaded', ANN, WHITE_PAPER);
  const opened = track(2 * DAY, 'Email Opened', { email: 'ann@home.example' }, { email_id: 'm1' });
  const joins = ident(3 * DAY, 'ann', { email: 'ann@home.example' });
  const said = [ident(DAY, 'ann', { email: ADDRESS }), asks, opened, joins];
  const { of } = await story(said, 14 * DAY);
  expect(of(opened).lead).toBe(of(asks).lead);
  expect(stepsOf(of(asks).triggers)).toEqual(['case_study', 'webinar_invitation', 'demo_offer']);
});

test('a program goes on for whom another is parted from', async () => {
  const asks = track(DAY, 'Asset Downloaded', ANN, WHITE_PAPER);
  const said = [
    ident(0, 'ann', { email: ADDRESS }),
    ident(HOUR, 'ann', { email: 'bob@other.example' }),
    asks,
    track(3 * DAY, 'Unmerged', { userId: 'ann', email: 'bob@other.example' }),
  ];
  const { of, outcome } = await story(said, 14 * DAY);
  expect(stepsOf(of(asks).triggers)).toEqual(['case_study', 'webinar_invitation', 'demo_offer']);
  expect(new Set(outcome.triggers.map(({ lead_id }) => lead_id)).size).toBe(1);
});
