import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMemory, DAY } from '#app/dashboard/fixtures/memory';
import { createDashboard } from '#app/dashboard/routes';
import { openClickHouse } from '#lib/clickhouse/child/open';
import { migrate } from '#lib/clickhouse/migrate';

/** The statements meet the real tables on a real engine; the other tests stand them in. */

const NOW = Date.UTC(2026, 5, 1, 12);
const NASTY = "x' OR 1=1 --\\\n{stage:String}";
let server: FastifyInstance;
let stop: () => Promise<void>;

beforeAll(async () => {
  const dir = await mkdtemp(join(tmpdir(), 'leadstream-dashboard-'));
  const clickhouse = await openClickHouse({ dir });
  await migrate(clickhouse);
  await settle(async (table, ...rows) => {
    const columns = Object.keys(rows[0] ?? {});
    await clickhouse.insert(
      table,
      columns,
      rows.map((row) => columns.map((column) => row[column])),
    );
  });
  const memory = createMemory(() => NOW);
  memory.names.set('ann@example.com', 'a1').set('user-7', 'a1');
  server = fastify();
  await server.register(createDashboard({ ...memory.ports, query: (sql, params) => clickhouse.rows(sql, params) }));
  stop = async () => {
    await server.close();
    await clickhouse.close();
    await rm(dir, { recursive: true });
  };
}, 60_000);

afterAll(() => stop());

type Insert = (table: string, ...rows: { readonly [column: string]: unknown }[]) => Promise<void>;

async function settle(insert: Insert): Promise<void> {
  const version = { seq: 1, step: 0 };
  const times = { score_at: NOW, stage_since: NOW, first_seen: NOW - DAY, last_seen: NOW };
  const lead = {
    grade: '',
    activities: 2,
    source: 'google',
    medium: '',
    campaign: '',
    deleted: 0,
    ...times,
    ...version,
  };
  await insert(
    'leads_rows',
    { lead_id: 'a1', known: true, email: 'ann@例え.jp', score: 60.5, stage: 'mql', ...lead },
    { lead_id: 'b2', known: false, email: '', score: 5, stage: 'visitor', ...lead },
    { lead_id: 'c3', known: true, email: NASTY, score: 1, stage: 'lead', ...lead },
  );
  const activity = {
    publisher: 'web',
    received_at: NOW,
    logged_at: NOW,
    cause: 'live',
    url: '',
    path: '/pricing',
    ...version,
  };
  const more = {
    properties: '{"a":1}',
    score_before: 0,
    score_after: 10,
    stage_before: 'visitor',
    stage_after: 'lead',
  };
  await insert(
    'activities_rows',
    { event_id: 'e1', lead_id: 'a1', name: 'page_viewed', occurred_at: NOW - DAY, ...activity, ...more },
    { event_id: 'e2', lead_id: 'a1', name: 'page_viewed', occurred_at: NOW, ...activity, ...more },
  );
  const change = { at: NOW, cause_id: 'e1', lead_id: 'a1', reason: 'known', ...version };
  await insert(
    'stage_changes_rows',
    { change_id: 's1', from_stage: '', to_stage: 'visitor', move: 0, ...change },
    { change_id: 's2', from_stage: 'visitor', to_stage: 'lead', move: 1, ...change },
  );
  const points = { lead_id: 'a1', cause_id: 'x', model_version: 'm', logged_at: NOW, event_id: 'e1', ...version };
  await insert(
    'score_changes_rows',
    {
      change_id: 'p1',
      at: NOW - DAY,
      cause: 'activity',
      score_before: 0,
      score_after: 10,
      delta: 10,
      rules: ['a'],
      ...points,
    },
    {
      change_id: 'p2',
      at: NOW - 2,
      cause: 'wake',
      score_before: 9,
      score_after: -11,
      delta: -20,
      rules: ['b', 'b'],
      ...points,
    },
  );
  const trigger = { lead_id: 'a1', program: 'comparison-guide', channel: 'mail', template: 'guide', logged_at: NOW };
  const decided = { cause_id: 'e1', suppressed_by: 'historic' };
  await insert(
    'triggers_rows',
    { trigger_id: 't1', step: 'send', at: NOW - DAY, model_version: 'm', seq: 1, step_no: 0, ...trigger, ...decided },
    { trigger_id: 't2', step: 'again', at: NOW, model_version: 'm', seq: 2, step_no: 0, ...trigger, ...decided },
  );
  const handoff = { lead_id: 'a1', rep: 'aiko', at: NOW, logged_at: NOW, reason: 'is an MQL', score: 60.5 };
  await insert('handoffs_rows', { handoff_id: 'h1', handoff_seq: 1, ...handoff, ...decided });
  const counter = { partition: 0, day_number: 20_605, source: 'google', changes: 1 };
  await insert(
    'funnel_counters_rows',
    { stage: 'visitor', entered: 3, current: 1, ...counter },
    { stage: 'lead', entered: 2, current: 2, ...counter },
    { stage: 'trial', entered: 1, current: 0, ...counter },
    { stage: 'dormant', entered: 0, current: 0, ...counter },
  );
  await insert(
    'ladders_rows',
    { model_version: 'a', logged_at: NOW, ladder: ['visitor', 'lead', 'mql'], beside: ['dormant'], seq: 3 },
    { model_version: 'b', logged_at: NOW, ladder: ['visitor', 'mql', 'lead'], beside: ['recycled'], seq: 5 },
  );
  const join = { from_lead_id: 'a0', into_lead_id: 'a1', ends: true, cause_event_id: 'e1' };
  await insert(
    'joins_rows',
    { join_seq: 4, closed: false, at: NOW - DAY, seq: 4, ...join },
    { join_seq: 4, closed: true, at: NOW - DAY + 50, seq: 9, ...join },
    { join_seq: 12, closed: false, at: NOW - 60_000, seq: 12, ...join },
    { join_seq: 15, closed: false, at: NOW - 30_000, seq: 15, ...join },
  );
  await insert('activity_counters_rows', {
    partition: 0,
    day_number: 20_605,
    name: 'page_viewed',
    activities: 2,
    changes: 1,
  });
}

async function get(url: string): Promise<unknown> {
  return (await server.inject({ url })).json();
}

test('the totals: the stages of the newest model in its order, then those that only an older one had and somebody was in', async () => {
  expect(await get('/api/funnel')).toEqual([
    { stage: 'visitor', reached: 3, leads: 1, conversion: null, ladder: true },
    { stage: 'mql', reached: 0, leads: 0, conversion: 0, ladder: true },
    { stage: 'lead', reached: 2, leads: 2, conversion: null, ladder: true },
    { stage: 'recycled', reached: 0, leads: 0, conversion: null, ladder: false },
    { stage: 'trial', reached: 1, leads: 0, conversion: null, ladder: false },
  ]);
  expect(await get('/api/stats')).toEqual({
    events: 2,
    leads: 2,
    visitors: 1,
    dead_letters: 0,
    open_joins: 2,
    oldest_join: new Date(NOW - 60_000).toISOString(),
    rate: 0,
  });
});

test('the newest decisions first, with emails', async () => {
  expect(await get('/api/triggers')).toMatchObject([
    { trigger_id: 't2', email: 'ann@例え.jp', at: '2026-06-01T12:00:00.000Z', suppressed_by: 'historic' },
    { trigger_id: 't1', step: 'send' },
  ]);
  expect(await get('/api/handoffs')).toMatchObject([{ handoff_id: 'h1', rep_name: '田中 愛子', score: 60.5 }]);
});

test('leads by score, by part of an email, by id and stage; quotes and braces are only text', async () => {
  expect(await get('/api/leads')).toMatchObject([{ lead_id: 'a1', known: true }, { lead_id: 'b2', known: false }, {}]);
  expect(await get(`/api/leads?search=${encodeURIComponent('例え')}`)).toMatchObject([{ lead_id: 'a1', score: 60.5 }]);
  expect(await get('/api/leads?search=b2')).toMatchObject([{ lead_id: 'b2', last_seen: '2026-06-01T12:00:00.000Z' }]);
  expect(await get('/api/leads?stage=mql&limit=1')).toMatchObject([{ lead_id: 'a1' }]);
  expect(await get('/api/leads?search=user-7')).toMatchObject([{ lead_id: 'a1' }]);
  expect(await get(`/api/leads?search=${encodeURIComponent(NASTY)}`)).toMatchObject([{ lead_id: 'c3', email: NASTY }]);
});

test('one lead', async () => {
  expect(await get('/api/leads/ann@example.com')).toMatchObject({
    row: { email: 'ann@例え.jp', first_seen: '2026-05-31T12:00:00.000Z', activities: 2 },
    stage_changes: [{ to_stage: 'lead' }, { to_stage: 'visitor' }],
    explanation: null,
  });
  expect(await get('/api/leads/user-7/timeline')).toMatchObject([
    { event_id: 'e2', cause: 'live', score_after: 10, properties: '{"a":1}' },
    { kind: 'score_change', change_id: 'p2', cause: 'wake', rules: ['b', 'b'], delta: -20 },
    { event_id: 'e1', occurred_at: '2026-05-31T12:00:00.000Z' },
  ]);
});
