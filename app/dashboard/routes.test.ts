import fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ExplainedInPart } from '#app/dashboard/api';
import { createMemory, DAY, type Memory } from '#app/dashboard/fixtures/memory';
import {
  absenceRow,
  activityRow,
  funnelRows,
  handoffRow,
  leadRow,
  stageChangeRow,
  triggerRow,
} from '#app/dashboard/fixtures/rows';
import { createDashboard } from '#app/dashboard/routes';

const NOW = Date.UTC(2026, 5, 1, 12);
let memory: Memory;
let server: FastifyInstance;

beforeEach(async () => {
  memory = createMemory(() => NOW);
  server = fastify();
  await server.register(createDashboard(memory.ports));
});

afterEach(() => server.close());

async function get(url: string): Promise<{ status: number; body: unknown }> {
  const response = await server.inject({ url });
  return { status: response.statusCode, body: response.json() };
}

describe('the numbers', () => {
  test('the funnel comes in order with conversion', async () => {
    memory.tables.funnel.push(
      ...funnelRows([
        ['visitor', 10, 6],
        ['lead', 4, 4],
      ]),
    );
    const { body } = await get('/api/funnel');
    expect(body).toMatchObject([
      { stage: 'visitor', reached: 10, leads: 6, conversion: null, ladder: true },
      { stage: 'lead', reached: 4, leads: 4, conversion: 0.4, ladder: true },
    ]);
  });

  test('triggers and handoffs carry the email, the names that marketing gave, and ISO times', async () => {
    memory.tables.leads.push(leadRow('a1', '愛@例え.jp', NOW));
    memory.tables.triggers.push(triggerRow('t1', 'a1', NOW), triggerRow('t2', 'b2', NOW, { program: 'gone' }));
    memory.tables.handoffs.push(handoffRow('h1', 'a1', NOW));
    expect((await get('/api/triggers')).body).toMatchObject([
      { trigger_id: 't1', email: '愛@例え.jp', program_name: 'Comparison guide', at: '2026-06-01T12:00:00.000Z' },
      { trigger_id: 't2', email: '', program_name: 'gone' },
    ]);
    expect((await get('/api/triggers?limit=1')).body).toHaveLength(1);
    expect((await get('/api/handoffs')).body).toMatchObject([{ handoff_id: 'h1', rep_name: '田中 愛子', score: 61.5 }]);
  });

  test('stats count leads apart from visitors, who are on the lowest rung, whatever it is called', async () => {
    memory.tables.funnel.push(
      ...funnelRows([
        ['guest', 10, 6],
        ['lead', 4, 3],
        ['dormant', 1, 1],
      ]),
    );
    memory.events = 25;
    memory.deadLetters = 2;
    memory.joins = { open_joins: 1, oldest_join: NOW - DAY };
    expect((await get('/api/stats')).body).toEqual({
      events: 25,
      leads: 4,
      visitors: 6,
      dead_letters: 2,
      open_joins: 1,
      oldest_join: new Date(NOW - DAY).toISOString(),
      rate: 0,
    });
  });

  test('64-bit numbers that come as text are numbers', async () => {
    memory.tables.funnel.push({ stage: 'visitor', reached: '12', leads: '12', kind: 'ladder' });
    expect((await get('/api/funnel')).body).toMatchObject([{ reached: 12, leads: 12 }]);
  });
});

describe('leads', () => {
  beforeEach(() => {
    memory.tables.leads.push(
      leadRow('a1', 'Ann@example.com', NOW, { score: 20, stage: 'lead' }),
      leadRow('b2', 'bob@example.com', NOW, { score: 60, stage: 'mql' }),
    );
    memory.names.set('user-7', 'b2');
  });

  test('are found by part of an email, by id, by stage, and by any other name', async () => {
    const ids = async (query: string) => {
      const { body } = await get(`/api/leads?${query}`);
      return Array.isArray(body) ? body.map((row) => row.lead_id) : body;
    };
    expect(await ids('')).toEqual(['b2', 'a1']);
    expect(await ids('search=ANN')).toEqual(['a1']);
    expect(await ids('search=b2')).toEqual(['b2']);
    expect(await ids('stage=mql')).toEqual(['b2']);
    expect(await ids('search=user-7')).toEqual(['b2']);
    expect(await ids('search=user-7&stage=lead')).toEqual([]);
    expect(await ids('search=nobody')).toEqual([]);
  });

  test('show scores of now in their order, also where the tables cannot tell them any more', async () => {
    const base = { rule: 'trial', model_version: 'm1', event_id: 'e1' };
    memory.contributions.set('b2', [{ ...base, occurred_at: NOW - 60 * DAY, raw: 60 }]);
    memory.tables.leads.push(
      leadRow('c3', 'cleo@example.com', NOW - 60 * DAY, { score: 99, score_exact: 0 }),
      leadRow('b2', 'bob@example.com', NOW - 60 * DAY, { score: 60, score_exact: 0 }),
    );
    memory.tables.leads.splice(1, 1);
    const { body } = await get('/api/leads');
    expect(body).toMatchObject([
      // nobody can explain it: it stays as it was, with its time
      { lead_id: 'c3', score: 99, score_at: '2026-04-02T12:00:00.000Z' },
      { lead_id: 'a1', score: 20, score_at: '2026-06-01T12:00:00.000Z' },
      { lead_id: 'b2', score: 15, score_at: '2026-06-01T12:00:00.000Z' },
    ]);
    expect((await get('/api/leads?search=user-7')).body).toMatchObject([{ lead_id: 'b2', score: 15 }]);
    expect((await get('/api/leads/b2')).body).toMatchObject({ row: { score: 15 }, explanation: { score: 15 } });
  });

  test('what is searched for reaches the database only as a parameter', async () => {
    const search = "' OR 1=1; DROP TABLE leads --";
    await get(`/api/leads?search=${encodeURIComponent(search)}&stage=${encodeURIComponent(search)}`);
    expect(memory.asked.some((entry) => entry.sql.includes('DROP'))).toBe(false);
    expect(memory.asked[0]?.params).toEqual({ search, stage: search, limit: 50 });
  });
});

describe('one lead', () => {
  beforeEach(() => {
    memory.tables.leads.push(leadRow('a1', 'ann@example.com', NOW - DAY, { score: 30 }));
    memory.names.set('ann@example.com', 'a1');
    memory.tables.stage_changes.push(stageChangeRow('a1', 'visitor', 'lead', NOW - 5 * DAY));
    memory.tables.activities.push(activityRow('e2', 'a1', NOW - DAY), activityRow('e1', 'a1', NOW - 30 * DAY));
    const base = { rule: 'pricing_page', model_version: 'm1' };
    memory.contributions.set('a1', [
      { ...base, event_id: 'e1', occurred_at: NOW - 30 * DAY, raw: 20 },
      { ...base, event_id: 'e2', occurred_at: NOW, raw: 10 },
    ]);
  });

  test('has its row, its stages, its score explained, its curve and outlook, by any of its names', async () => {
    const { status, body } = await get('/api/leads/ann%40example.com');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      lead_id: 'a1',
      row: { email: 'ann@example.com', known: true, last_seen: '2026-05-31T12:00:00.000Z' },
      stage_changes: [{ from_stage: 'visitor', to_stage: 'lead', at: '2026-05-27T12:00:00.000Z' }],
      explanation: { at: '2026-06-01T12:00:00.000Z', score: 20, contributions: [{ points: 10 }, { points: 10 }] },
      outlook: { in_30_days: 10, thresholds: [] },
      thresholds: [{ stage: 'mql', score: 50 }],
    });
  });

  test('says what is missing for the next stage', async () => {
    const fit = { points: 20, reasons: [] };
    memory.graded.set('a1', { grade: 'C', fit, disqualified: null });
    const { body } = await get('/api/leads/a1');
    expect(body).toMatchObject({
      next_stages: [
        {
          stage: 'mql',
          moves: [
            { move: 'mql', conditions: [{ condition: 'score_at_least', wants: 50, has: 20, met: false }] },
            {
              move: 'fits',
              conditions: [
                { condition: 'grade_at_least', wants: 'B', has: 'C', met: false, text: 'grade C, needs B or better' },
                { condition: 'on', wants: ['trial_started'], has: null, met: false },
              ],
            },
          ],
        },
      ],
    });
  });

  test('tells what caps took, its grade, and when its score falls below a threshold', async () => {
    const base = { rule: 'trial', model_version: 'm1', occurred_at: NOW };
    memory.contributions.set('a1', [
      { ...base, event_id: 'e1', raw: 60 },
      { ...base, event_id: 'e2', raw: 60, kept: 2 / 3 },
    ]);
    const reasons = [{ rule: 'large_company', points: 20, disqualifies: null }];
    memory.graded.set('a1', { grade: 'B', fit: { points: 20, reasons }, disqualified: 'is a student' });
    const { body } = await get('/api/leads/a1');
    expect(body).toMatchObject({
      explanation: {
        contributions: [{ capped: 0 }, { points: 40, decayed: 60, capped: expect.closeTo(20, 9) }],
        ...{ grade: 'B', fit: { points: 20, reasons }, disqualified: 'is a student' },
      },
      outlook: { thresholds: [{ stage: 'mql', score: 50, direction: 'falls_below', at: '2026-07-01T12:00:00.001Z' }] },
    });
  });

  test('is shown before the tables have caught up', async () => {
    memory.tables.leads.length = 0;
    expect(await get('/api/leads/a1')).toMatchObject({ status: 200, body: { row: null, explanation: { score: 20 } } });
  });

  test('has a timeline, newest first', async () => {
    expect((await get('/api/leads/a1/timeline?limit=1')).body).toMatchObject([
      { kind: 'activity', event_id: 'e2', occurred_at: '2026-05-31T12:00:00.000Z', score_before: 0, score_after: 10 },
    ]);
  });

  test('what changed its score between two activities stands between them in the timeline', async () => {
    memory.tables.score_changes.push(
      absenceRow('c2', 'a1', ['email_not_opened'], NOW - 4 * DAY, -10),
      absenceRow('c1', 'a1', ['email_not_opened', 'email_not_opened'], NOW - 9 * DAY, -20),
    );
    expect((await get('/api/leads/a1/timeline')).body).toMatchObject([
      { event_id: 'e2' },
      { kind: 'score_change', cause: 'wake', at: '2026-05-28T12:00:00.000Z', rules: ['email_not_opened'], delta: -10 },
      { kind: 'score_change', score_before: 30, score_after: 10, delta: -20 },
      { event_id: 'e1' },
    ]);
    expect((await get('/api/leads/a1/timeline?limit=2')).body).toHaveLength(2);
  });

  test('is explained at any time, as the command line does', async () => {
    const { body } = await get('/api/leads/a1/explain?at=2026-05-31T12:00:00Z');
    expect(body).toEqual({
      lead_id: 'a1',
      at: '2026-05-31T12:00:00.000Z',
      score: expect.closeTo(20 * 2 ** (-29 / 30), 9),
      contributions: [
        {
          event_id: 'e1',
          rule: 'pricing_page',
          model_version: 'm1',
          occurred_at: '2026-05-02T12:00:00.000Z',
          raw: 20,
          points: expect.closeTo(20 * 2 ** (-29 / 30), 9),
          decayed: expect.closeTo(20 * 2 ** (-29 / 30), 9),
          capped: 0,
        },
      ],
      grade: '',
      fit: null,
      disqualified: null,
      rest: { count: 0, points: 0, capped: 0 },
    });
  });

  test.each(['/api/leads/a1', '/api/leads/a1/explain'])(
    'of many contributions %s gives all, or as many as are asked for, the largest',
    async (path) => {
      const base = { rule: 'pricing_page', model_version: 'm1', occurred_at: NOW };
      const many = Array.from({ length: 2_000 }, (_, index) => ({
        ...base,
        event_id: `e${index}`,
        raw: 1 + (index % 3),
      }));
      memory.contributions.set('a1', [
        ...many,
        { ...base, event_id: 'loss', raw: -25 },
        { ...base, event_id: 'x', raw: 9 },
      ]);
      const answer = await server.inject(`${path}?limit=500`);
      const { explanation, ...bare } = answer.json();
      const { score, contributions, rest }: ExplainedInPart = explanation ?? bare;

      expect(answer.payload.length).toBeLessThan(200_000);
      expect(contributions).toHaveLength(500);
      expect(contributions.slice(-2).map(({ event_id }) => event_id)).toEqual(['loss', 'x']);
      expect(new Set(contributions.map(({ raw }) => raw))).toEqual(new Set([3, -25, 9]));
      expect(rest).toMatchObject({ count: 2_002 - 500, capped: 0 });
      expect(contributions.reduce((sum, { points }) => sum + points, 0) + rest.points).toBeCloseTo(score, 9);
      expect((await server.inject(`${path}?limit=2`)).payload).toContain('"count":2000');
      expect((await server.inject(path)).payload).toContain('"rest":{"count":0,"points":0,"capped":0}');
    },
  );
});

describe('refusals are one plain line', () => {
  test.each([
    ['/api/triggers?limit=0', 400, 'limit must be from 1 to 500'],
    ['/api/handoffs?limit=many', 400, 'limit must be a number from 1 to 500'],
    ['/api/leads?search=a&search=b', 400, 'give search once'],
    ['/api/leads/nobody', 404, 'no lead is known as "nobody": give a lead id, an email or a userId'],
    ['/api/leads/nobody/timeline', 404, 'no lead is known as "nobody": give a lead id, an email or a userId'],
    [
      '/api/leads/nobody/explain?at=yesterday',
      400,
      'at must be a time such as 2026-01-31T12:00:00Z or a day such as 2026-01-31',
    ],
  ])('%s', async (url, status, error) => {
    expect(await get(url)).toEqual({ status, body: { error } });
  });

  test('an outage of the database is a 503 that says so', async () => {
    memory.outage = 'connection refused\nat socket';
    expect(await get('/api/funnel')).toEqual({
      status: 503,
      body: { error: 'the numbers cannot be read right now, try again: connection refused' },
    });
  });

  test('a row that is not as expected is a 500 that names the column', async () => {
    memory.tables.triggers.push({ trigger_id: 't1' });
    const { status, body } = await get('/api/triggers');
    expect(status).toBe(500);
    expect(body).toMatchObject({ error: expect.stringContaining('lead_id') });
  });
});
