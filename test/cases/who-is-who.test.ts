import { expect, test } from 'vitest';
import { DAY, HOUR, ident, story, track } from '#test/given/story';
import { openPipeline } from '#test/guide/pipeline';

const NIL = '00000000-0000-0000-0000-000000000000';

/** Case 18. */
test('what sites send for nobody joins nobody', async () => {
  const nobodies = ['0', 'guest', 'none', 'NaN', 'false', NIL, '{{ user.id }}'];
  const said = nobodies.flatMap((userId, i) => [
    track(i * HOUR, 'Trial Started', { userId, anonymousId: `browser-${i}` }),
    track(i * HOUR, 'Appointment Scheduled', { userId, anonymousId: `browser-${i}` }),
  ]);
  const { outcome } = await story(said, 2 * DAY);
  expect(new Set(outcome.owners.values()).size).toBe(nobodies.length);
  expect(outcome.moves).toEqual([]);
  expect(outcome.handoffs).toEqual([]);
});

test('what only looks like it is an id', async () => {
  const said = ['guest-4711', '100', '0a1b', 'u0'].map((userId) => track(HOUR, 'Trial Started', { userId }));
  const { outcome } = await story(said, 2 * DAY);
  expect(new Set(outcome.owners.values()).size).toBe(4);
  expect(outcome.moves.map(({ rule }) => rule)).toEqual(Array(4).fill('identified'));
});

test('an alias of two devices makes no person', async () => {
  const alias = { type: 'alias', messageId: 'two-devices', anonymousId: 'phone', previousId: 'laptop' };
  const [looks, tries] = [
    track(HOUR, 'Trial Started', { anonymousId: 'phone' }),
    track(2 * HOUR, 'Trial Started', { anonymousId: 'laptop' }),
  ];
  const { of, outcome } = await story([looks, tries, { at: 3 * HOUR, call: alias }], DAY);
  expect(of(looks).lead).not.toBe(of(tries).lead);
  expect(outcome.moves).toEqual([]);
});

/** Case 19, its stage-level part. */
test('a userId that is an address is that address, in any case', async () => {
  const said = [
    ident(0, 'Ann@X.example', { name: 'Ann' }),
    track(HOUR, 'Trial Started', { userId: 'ann@x.example' }),
    track(2 * HOUR, 'Email Opened', { email: 'ann@x.example' }, { email_id: 'm1' }),
  ];
  const { outcome, of } = await story(said, DAY);
  expect(new Set(outcome.owners.values()).size).toBe(1);
  expect(said.map((call) => of(call).facts.email)).toEqual(Array(3).fill('ann@x.example'));
});

/** Case 21. */
test('two publishers’ events of one id and moment both count, and the published explanation adds up', async () => {
  const pipeline = await openPipeline();
  const timestamp = new Date(pipeline.now()).toISOString();
  const call = { userId: 'ann', event: 'Trial Started', messageId: 'one', timestamp };
  for (const writeKey of ['site', 'crm']) await pipeline.post('/v1/track', { ...call, writeKey });

  for (const { score, contributions } of [pipeline.explain('ann'), pipeline.explainPublished('ann', pipeline.now())]) {
    expect(score).toBe(50);
    expect(contributions.reduce((sum, { points }) => sum + points, 0)).toBeCloseTo(score, 9);
    expect(contributions).toHaveLength(2);
  }
  const published = pipeline.records('lead.scores', 'Scored').map(({ score }) => score);
  expect(published.map(({ before, after, added }) => [before, after, added.length])).toEqual([
    [0, 25, 1],
    [25, 50, 1],
  ]);
});
