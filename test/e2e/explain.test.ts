import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { generate } from '#app/generator/generate';
import type { Activity } from '#schemas/generated/records';
import { type TestFolder, testFolder } from '#test/contracts/folder';
import { publishedScore } from '#test/given/published-points';
import { ask } from '#test/process/ask';
import { endAll, leadstream } from '#test/process/command';
import { FILE_END } from '#test/process/events-file';
import { type Server, startServer } from '#test/process/server';

const DAY = 86_400_000;
const LEADS = 50;
const PATIENCE = { timeout: 30_000, interval: 100 };

interface Explained {
  readonly lead_id: string;
  readonly at: string;
  readonly score: number;
  readonly contributions: readonly {
    readonly event_id: string;
    readonly rule: string;
    readonly model_version: string;
    readonly occurred_at: string;
    readonly raw: number;
    readonly points: number;
    readonly decayed: number;
    readonly capped: number;
  }[];
  readonly grade: string;
  readonly outlook: {
    readonly in_7_days: number;
    readonly thresholds: readonly { readonly score: number; readonly direction: string; readonly at: string }[];
  } | null;
  readonly stage: { readonly stage: string } | null;
  readonly next_stages:
    | readonly {
        readonly stage: string;
        readonly moves: readonly {
          readonly move: string;
          readonly conditions: readonly { readonly condition: string; readonly has: unknown; readonly met: boolean }[];
        }[];
      }[]
    | null;
}

type Row = Readonly<Record<string, unknown>>;

let folder: TestFolder;
let dir: string;
let server: Server;
/** As in the file: what each call says. */
let calls: readonly Row[];
/** Rows of activities by lead. */
let activities: ReadonlyMap<string, readonly Row[]>;

beforeAll(async () => {
  folder = testFolder();
  dir = join(folder.dir, 'data');
  const lines = [...generate({ leads: LEADS, days: 60, seed: 5, end: FILE_END })];
  calls = lines.map((line): Row => JSON.parse(line));
  const file = join(folder.dir, 'events.ndjson');
  writeFileSync(file, lines.join(''));
  expect(await leadstream('import', file, '--data', dir)).toMatchObject({ end: 0 });
  server = await startServer(dir);
  activities = byLead(await rows('SELECT * FROM activities ORDER BY lead_id, seq'));
});

afterAll(async () => {
  await endAll();
  folder.remove();
});

async function rows(sql: string): Promise<readonly Row[]> {
  const { end, out, err } = await ask('sql', sql, '--data', dir, '--format', 'JSONEachRow');
  expect([end, err]).toEqual([0, '']);
  return out
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Row => JSON.parse(line));
}

function byLead(all: readonly Row[]): ReadonlyMap<string, readonly Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of all) {
    const lead = String(row.lead_id);
    const own = groups.get(lead);
    if (own === undefined) groups.set(lead, [row]);
    else own.push(row);
  }
  return groups;
}

/** `--as-published` explains the score at the time at which it was published last. */
async function explain(lead: string, at: number, ...more: readonly string[]): Promise<Explained> {
  const time = new Date(at).toISOString();
  const { end, out, err } = await ask('explain', lead, '--at', time, '--json', '--data', dir, ...more);
  expect([lead, end, err]).toEqual([lead, 0, '']);
  const explained: Explained = JSON.parse(out);
  if (more.length === 0) expect(explained.at).toBe(time);
  else expect(Date.parse(explained.at)).toBeLessThanOrEqual(at);
  return explained;
}

function timeOf(value: unknown): number {
  return Date.parse(`${String(value).replace(' ', 'T')}Z`);
}

/** A row of activities as far as the published points need it. */
function activityOf(row: Row): Activity {
  const { event_id, name, path, properties } = row;
  return { event_id, name, path, properties, occurred_at: timeOf(row.occurred_at) } as Activity;
}

function times(own: readonly Row[]): readonly number[] {
  const occurred = own.map(({ occurred_at }) => timeOf(occurred_at));
  const [first = 0] = occurred;
  const last = Math.max(...occurred);
  return [
    first - 1,
    first,
    Math.floor((first + last) / 2),
    last,
    last + 7 * DAY + 1,
    FILE_END + 30 * DAY,
    first + 401 * DAY,
  ];
}

test("a lead's contributions add up to its score at any time, and it is what the published points give", async () => {
  let scored = 0;
  for (const [lead, own] of activities) {
    const known = own.map(activityOf);
    for (const at of times(own)) {
      const { lead_id, score, contributions } = await explain(lead, at);
      expect(lead_id).toBe(lead);
      const sum = contributions.reduce((total, { points }) => total + points, 0);
      expect(Math.abs(sum - score), `the sum of ${lead} at ${at}`).toBeLessThanOrEqual(1e-9);
      expect(Math.abs(publishedScore(known, at) - score), `the score of ${lead} at ${at}`).toBeLessThanOrEqual(1e-8);
      const ids = new Set(own.map(({ event_id }) => event_id));
      for (const { event_id, occurred_at } of contributions) {
        expect(ids).toContain(event_id);
        expect(Date.parse(occurred_at)).toBeLessThanOrEqual(at);
      }
      if (score !== 0) scored++;
    }
  }
  expect(scored).toBeGreaterThan(50);
});

test('a lead is found by its id, its email, its userId and its device', async () => {
  let found = 0;
  for (const call of calls) {
    const { userId, anonymousId, messageId, traits } = call;
    const email = typeof traits === 'object' && traits !== null && 'email' in traits ? traits.email : undefined;
    if (call.type !== 'identify' || typeof userId !== 'string' || typeof email !== 'string') continue;
    const owner = [...activities].find(([, own]) => own.some(({ event_id }) => event_id === messageId))?.[0] ?? '';
    const at = FILE_END;
    const expected = await explain(owner, at);
    expect(await explain(userId, at)).toEqual(expected);
    expect(await explain(email, at)).toEqual(expected);
    expect(await explain(email.toUpperCase(), at)).toEqual(expected);
    expect(await explain(String(anonymousId), at)).toEqual(expected);
    found++;
  }
  expect(found).toBeGreaterThan(10);
});

test('a lead is found by the id it had as a visitor', async () => {
  const pricing = { anonymousId: 'new-device', properties: { path: '/pricing' }, messageId: 'pricing' };
  expect((await server.post('/v1/page', pricing)).status).toBe(200);
  const leadOf = (sql: string) =>
    vi.waitFor(async () => {
      const [row] = await rows(sql);
      expect(row).toBeDefined();
      return String(row?.lead_id);
    }, PATIENCE);
  const visitor = await leadOf("SELECT lead_id FROM activities WHERE event_id = 'pricing'");
  const person = { anonymousId: 'new-device', userId: 'newcomer', messageId: 'known' };
  expect((await server.post('/v1/identify', person)).status).toBe(200);
  const lead = await leadOf(`SELECT lead_id FROM activities WHERE event_id = 'pricing' AND lead_id != '${visitor}'`);
  const at = Date.now() + DAY;
  const explained = await explain(lead, at);
  expect(explained.contributions).toMatchObject([{ event_id: 'pricing', raw: 10 }]);
  for (const name of [visitor, 'newcomer', 'new-device']) expect(await explain(name, at)).toEqual(explained);
});

test('what was published by a time is what the last record by then said', async () => {
  const published = await rows(
    `SELECT lead_id, logged_at, score_after, seq, step FROM
       (SELECT lead_id, logged_at, score_after, seq, step FROM score_changes
        UNION ALL SELECT lead_id, logged_at, score_after, seq, step FROM activities)
     ORDER BY lead_id, seq, step`,
  );
  let asked = 0;
  for (const [lead, own] of byLead(published)) {
    for (const [i, { logged_at, score_after }] of own.entries()) {
      const at = timeOf(logged_at);
      const next = own[i + 1];
      if (i % 3 !== 0 || Number(score_after) === 0 || (next !== undefined && timeOf(next.logged_at) === at)) continue;
      const { score, contributions } = await explain(lead, at, '--as-published');
      expect(Math.abs(score - Number(score_after)), `as published of ${lead} at ${at}`).toBeLessThanOrEqual(1e-9);
      const sum = contributions.reduce((total, { points }) => total + points, 0);
      expect(Math.abs(sum - score)).toBeLessThanOrEqual(1e-9);
      asked++;
    }
  }
  expect(asked).toBeGreaterThan(100);
});

test('a score crosses the levels of the stages at the ms that was foretold', async () => {
  let asked = 0;
  for (const lead of activities.keys()) {
    const { outlook, contributions, grade } = await explain(lead, FILE_END);
    expect(typeof grade).toBe('string');
    for (const { capped, decayed, points } of contributions) expect(decayed).toBe(points + capped);
    expect((await explain(lead, FILE_END + 7 * DAY)).score).toBeCloseTo(outlook?.in_7_days ?? Number.NaN, 9);
    for (const { score, direction, at } of outlook?.thresholds ?? []) {
      const then = Date.parse(at);
      const isAbove = async (time: number) => (await explain(lead, time)).score >= score;
      const falls = direction === 'falls_below';
      expect([await isAbove(then - 1), await isAbove(then)], `${lead} at ${at}`).toEqual([falls, !falls]);
      asked++;
    }
    if (asked > 20) break;
  }
  expect(asked).toBeGreaterThan(0);
});

test('what is missing for the next stage agrees with the score and the stage that are told with it', async () => {
  let asked = 0;
  for (const [lead] of activities) {
    const { stage, next_stages, score } = await explain(lead, FILE_END);
    if (stage?.stage !== 'lead') continue;
    const qualified = next_stages?.[0]?.moves.find(({ move }) => move === 'qualified');
    expect(next_stages?.map((next) => next.stage)).toEqual(['mql', 'sql', 'opportunity', 'customer']);
    expect(qualified?.conditions).toMatchObject([{ condition: 'score_at_least', has: score, met: score >= 50 }]);
    if (++asked === 5) break;
  }
  expect(asked).toBe(5);
});

test('a person reads the stage since when, and what comes next; of what was published neither', async () => {
  const held = await rows('SELECT lead_id, stage FROM leads WHERE known ORDER BY score_recorded DESC, lead_id LIMIT 1');
  const { lead_id, stage } = held[0] ?? {};
  const now = await ask('explain', String(lead_id), '--data', dir);
  expect(now.out).toContain(`in stage ${stage} since 20`);
  const question = ['explain', String(lead_id), '--at', new Date(FILE_END).toISOString(), '--data', dir];
  expect((await ask(...question)).out).toContain('If nothing more happens it has ');
  const published = await ask(...question, '--as-published');
  expect(published).toMatchObject({ end: 0, err: '' });
  expect(published.out).not.toMatch(/in stage|If nothing/);
});

test('before anything was published of a lead its published score is 0', async () => {
  const [lead = ''] = activities.keys();
  expect(await explain(lead, Date.UTC(2020, 0, 1), '--as-published')).toMatchObject({
    lead_id: lead,
    score: 0,
    contributions: [],
  });
});

test('nobody of that name, and a time that is none, are plain errors', async () => {
  expect(await ask('explain', 'nobody@example.com', '--data', dir)).toEqual({
    end: 1,
    out: '',
    err: 'leadstream: no lead is known as nobody@example.com; give a lead id, an email or a userId\n',
  });
  expect(await ask('explain', 'nobody@example.com', '--at', 'soon', '--data', dir)).toMatchObject({ end: 2, out: '' });
});
