import { expect, test } from 'vitest';
import { shipped } from '#test/given/lines';
import { DAY, HOUR, ident, story, track } from '#test/given/story';

const ANN = { userId: 'ann' };

const PATIENT = {
  ...shipped,
  'stages.yaml': `ladder: [visitor, lead, mql]
not_own: [email_sent]
moves:
  - { id: identified, from: [visitor], to: lead, reason: known, when: { identified: true } }
  - { id: patient, from: [lead], to: mql, reason: still there, when: { stayed_for: 30d, score_at_least: 20 } }
`,
  'programs/mql-alert.yaml': `name: Alert
enter: { stage: mql }
audience: [mql]
reentry_after: 0d
steps:
  - { id: alert, after: 0d, channel: alert, template: mql_alert, max_lateness: 12h }
`,
  'programs/pricing-comparison.yaml': undefined,
  'programs/white-paper.yaml': undefined,
};
const files = Object.fromEntries(
  Object.entries(PATIENT).flatMap(([name, text]) => (text === undefined ? [] : [[name, text]])),
);

/** Case 9. */
test('a move after 30 days asks for the score of that day', async () => {
  const tries = track(0, 'Trial Started', ANN);
  const { of } = await story([ident(0, 'ann', {}), tries], 40 * DAY, files);
  expect(of(tries).scoreAt(31 * DAY + 60_000)).toBeCloseTo(12.21, 2);
  expect(of(tries).moves).toEqual(['identified: visitor → lead']);
});

test('with the points for it the move is made on that very day', async () => {
  const replies = track(DAY, 'Email Replied', ANN);
  const { of, outcome } = await story([ident(0, 'ann', {}), track(0, 'Trial Started', ANN), replies], 40 * DAY, files);
  expect(of(replies).moves).toEqual(['identified: visitor → lead', 'patient: lead → mql']);
  const [known, patient] = outcome.moves;
  expect((patient?.at ?? 0) - (known?.at ?? 0)).toBe(30 * DAY);
  expect(of(replies).scoreAt(30 * DAY + 60_000)).toBeCloseTo(25 * 2 ** -1 + 15 * 2 ** (-29 / 30), 2);
});

/** Case 20. */
test('a lost deal ends the opportunity, and who asks again goes to sales again', async () => {
  const asks = track(60 * DAY, 'Appointment Scheduled', ANN);
  const said = [
    ident(0, 'ann', { email: 'ann@x.example' }),
    track(HOUR, 'Trial Started', ANN),
    track(HOUR, 'Email Replied', ANN),
    track(2 * HOUR, 'Appointment Scheduled', ANN),
    track(DAY, 'Handoff Accepted', ANN),
    track(9 * DAY, 'Opportunity Created', ANN),
    track(20 * DAY, 'Deal Lost', ANN, { reason: 'too dear' }),
    track(30 * DAY, 'Page Looked At', ANN),
    asks,
  ];
  const { of } = await story(said, 61 * DAY);
  const { moves, handoffs } = of(asks);
  expect(moves.map((move) => move.slice(move.indexOf(': ') + 2))).toEqual([
    'visitor → lead',
    'lead → mql',
    'mql → sql',
    'sql → opportunity',
    'opportunity → recycled',
    'recycled → mql',
  ]);
  expect(handoffs.map(({ rep }) => rep)).toHaveLength(2);
});

test.each(['Trial Started', 'Email Replied'])('also who then does this: %s', async (event) => {
  const asks = track(40 * DAY, event, ANN);
  const said = [
    ident(0, 'ann', { email: 'ann@x.example' }),
    track(DAY, 'Opportunity Created', ANN),
    track(20 * DAY, 'Deal Lost', ANN),
    asks,
  ];
  const { of } = await story(said, 41 * DAY);
  expect(of(asks).moves.at(-1)).toMatch(/: recycled → mql$/);
});
