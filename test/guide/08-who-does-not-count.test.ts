import { expect, test } from 'vitest';
import type { ModelFiles } from '#lib/model/model';
import { TOPICS } from '#schemas/topics';
import { type GuidePipeline, openPipeline, shippedModel } from '#test/guide/pipeline';

/**
 * # 8. Who does not count
 *
 * Crawlers look at every page, and so do colleagues. `exclude` in `model/scoring.yaml` names whom to leave out: the shipped
 * model leaves out bots, told by their user agent; your own networks and mail domains are added like this.
 */
const ours: ModelFiles = {
  ...shippedModel,
  'scoring.yaml': (shippedModel['scoring.yaml'] ?? '').replace(
    'exclude: { bots: true }',
    'exclude: { bots: true, internal: { ips: [203.0.113.0/24], domains: [ours.example] } }',
  ),
};

const CRAWLER = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0';

test.each([
  ['a person', { context: { userAgent: FIREFOX, ip: '198.51.100.7' } }, null, 10],
  ["a publisher's own program", { context: { userAgent: 'python-requests/2.31.0' } }, null, 10],
  ['a crawler', { context: { userAgent: CRAWLER } }, 'bot', 0],
  ['a browser in the office', { context: { userAgent: FIREFOX, ip: '203.0.113.9' } }, 'internal', 0],
  ['a colleague at home', { context: { traits: { email: 'zoe@ours.example' } } }, 'internal', 0],
])('%s', async (_who, call, excluded, points) => {
  const leadstream = await openPipeline(ours);

  await leadstream.post('/v1/page', { userId: 'somebody', properties: { path: '/pricing' }, ...call });

  const scored = leadstream.records(TOPICS.scores, 'Scored').filter(({ cause }) => cause === 'activity');
  expect(scored).toMatchObject([{ excluded, score: { after: points } }]);
});

/** Excluded activities stay in the log and in the table `activities`, with the reason. They lead to nothing. */
test('a crawler enters no program and moves nobody on the ladder', async () => {
  const [person, crawler] = [await openPipeline(ours), await openPipeline(ours)];

  await looksThreeTimes(person, FIREFOX);
  await looksThreeTimes(crawler, CRAWLER);

  expect(person.triggers('ann')).toEqual(['pricing-comparison/comparison_guide']);
  expect([person.stage('ann'), person.explain('ann').score]).toEqual(['lead', 3 * 10]);
  expect(crawler.triggers('ann')).toEqual([]);
  expect([crawler.stage('ann'), crawler.explain('ann').score]).toEqual(['visitor', 0]);
});

async function looksThreeTimes(leadstream: GuidePipeline, userAgent: string): Promise<void> {
  const context = { userAgent, traits: { email: 'ann@example.com' } };
  const look = { userId: 'ann', properties: { path: '/pricing' }, context };
  for (let i = 0; i < 3; i++) await leadstream.post('/v1/page', look);
}
