import { expect, test } from 'vitest';
import { versionOf } from '#lib/model/files';
import { dataFolder, importLines } from '#test/guide/folder';
import { DAY, openPipeline, shippedModel } from '#test/guide/pipeline';
import { leadstream as command } from '#test/process/command';
import { startServer } from '#test/process/server';

/**
 * # 15. Explain a score
 *
 *     leadstream explain ann@example.com --at 2026-03-12
 *
 * Every point has an origin: the event, the rule, the version of the model, and what decay has left of it. The points add
 * up to the score, at any time one asks about, to 1e-9.
 */
test('the contributions add up to the score', async () => {
  const leadstream = await openPipeline();
  await leadstream.track('ann', 'Subscribed');
  leadstream.passes(3 * DAY);
  await leadstream.view('ann', '/pricing');
  leadstream.passes(7 * DAY);
  await leadstream.track('ann', 'Email Replied', { email_id: 'news-1' });
  leadstream.passes(DAY);

  const { score, contributions } = leadstream.explain('ann');

  expect(contributions.map(({ rule, raw }) => [rule, raw])).toEqual([
    ['subscribed', 5],
    ['pricing_page_viewed', 10],
    ['email_replied', 15],
  ]);
  expect(contributions.map(({ points }) => points)).toEqual([
    5 * 2 ** (-11 / 30),
    10 * 2 ** (-8 / 30),
    15 * 2 ** (-1 / 30),
  ]);
  expect(contributions.reduce((sum, { points }) => sum + points, 0)).toBeCloseTo(score, 9);
});

/**
 * What is known changes: an event may arrive days late. `explain --at` tells what the score was at a time as known
 * **now**; with `--as-published` it tells what everybody was told **then**, and why.
 */
test('a late event changes what is known of the past, not what was published', async () => {
  const leadstream = await openPipeline();
  await leadstream.track('ann', 'Subscribed');
  const then = leadstream.now();
  leadstream.passes(10 * DAY);

  await leadstream.post('/v1/track', { userId: 'ann', event: 'Trial Started', timestamp: then - DAY });

  expect(leadstream.explainPublished('ann', then).contributions.map(({ rule }) => rule)).toEqual(['subscribed']);
  expect(leadstream.explain('ann', then).contributions.map(({ rule }) => rule)).toEqual([
    'trial_started',
    'subscribed',
  ]);
});

/**
 * All of it in plain words, as the command prints it: three behaviours, of which the first is a half-life old, and what is
 * missing for the next stage. The API
 * gives the same as JSON at `/api/leads/ann/explain`, of more than 500 contributions the largest, and the sum of the rest.
 */
test('the command and the API tell the same', async () => {
  const data = dataFolder();
  const history = [
    { messageId: 'm-1', timestamp: '2026-03-01T00:00:00Z', event: 'Trial Started' },
    { messageId: 'm-2', timestamp: '2026-03-31T00:00:00Z', event: 'Appointment Scheduled' },
    { messageId: 'm-3', timestamp: '2026-03-31T00:00:00Z', event: 'Email Replied' },
  ];
  const lines = history.map((line) => JSON.stringify({ type: 'track', userId: 'ann', ...line }));
  await importLines(data, lines.join('\n'));
  const explain = async (...options: string[]) => (await command('explain', 'ann', ...options, '--data', data)).out;

  const json = JSON.parse(await explain('--at', '2026-03-31', '--json'));
  const [lead, model] = [json.lead_id, versionOf(shippedModel)];

  // 25 / 2 + 25 + 15 = 52.5; below 50 after 30 × log2(52.5 / 50) = 2.1 days
  expect(await explain('--at', '2026-03-31')).toBe(
    `Lead ${lead} has 52.50 points (grade C) at 2026-03-31T00:00:00.000Z, and is in stage mql since 2026-03-31 (score of 50 or more).
Grade C for +0.00 points of fit: no rule matches its profile.
points  of      rule                   occurred at               event  model
+25.00  +25.00  appointment_scheduled  2026-03-31T00:00:00.000Z  m-2    ${model}
+15.00  +15.00  email_replied          2026-03-31T00:00:00.000Z  m-3    ${model}
+12.50  +25.00  trial_started          2026-03-01T00:00:00.000Z  m-1    ${model}
If nothing more happens it has 44.66 points in 7 days and 26.25 in 30.
Falls below 50 (mql) on 2026-04-02, in 2 days, if nothing happens.
Changes next: appointment_scheduled, from +25.00 to +21.27 in 7 days.
Changes next: email_replied, from +15.00 to +12.76 in 7 days.
Changes next: trial_started, from +12.50 to +10.63 in 7 days.
Missing for sql by accepted: handoff_accepted has to happen.
`,
  );
  // half a half-life after the trial; published last was what it gave on its day
  expect(JSON.parse(await explain('--at', '2026-03-16', '--json')).score).toBeCloseTo(25 * 2 ** (-15 / 30), 9);
  expect(JSON.parse(await explain('--at', '2026-03-16', '--as-published', '--json'))).toMatchObject({
    at: '2026-03-01T00:00:00.000Z',
    score: 25,
  });

  const server = await startServer(data);
  const answer = await server.get('/api/leads/ann/explain?at=2026-03-31');
  const { stage: _stage, outlook: _outlook, next_stages: _missing, ...explained } = json;
  expect(await answer.json()).toEqual({ ...explained, rest: { count: 0, points: 0, capped: 0 } });
});
