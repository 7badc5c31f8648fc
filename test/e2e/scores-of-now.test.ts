import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { ExplainedInPart, LeadPage, LeadRow } from '#app/dashboard/api';
import { generate } from '#app/generator/generate';
import { type TestFolder, testFolder } from '#test/contracts/folder';
import { ask } from '#test/process/ask';
import { endAll, leadstream } from '#test/process/command';
import { type Server, startServer } from '#test/process/server';

const DAY = 86_400_000;

let folder: TestFolder;
let dir: string;
let server: Server;

/** A history that ended three weeks ago; then the folder runs, and what fell due since is caught up with. */
beforeAll(async () => {
  folder = testFolder();
  dir = join(folder.dir, 'data');
  const file = join(folder.dir, 'events.ndjson');
  writeFileSync(file, [...generate({ leads: 60, days: 150, seed: 11, end: Date.now() - 21 * DAY })].join(''));
  expect(await leadstream('import', file, '--data', dir)).toMatchObject({ end: 0 });
  server = await startServer(dir);
  await vi.waitFor(async () => expect(await dormant()).toBeGreaterThan(10), { timeout: 60_000, interval: 200 });
}, 120_000);

afterAll(async () => {
  await endAll();
  folder.remove();
});

interface Row {
  readonly lead_id: string;
  readonly score: number;
  readonly at: number;
  readonly score_exact: boolean;
  readonly score_recorded: number;
  readonly recorded_at: number;
}

async function rows<Result>(sql: string): Promise<readonly Result[]> {
  const { end, out } = await ask('sql', sql, '--data', dir, '--json');
  expect(end).toBe(0);
  return out
    .trimEnd()
    .split('\n')
    .map((line): Result => JSON.parse(line));
}

async function dormant(): Promise<number> {
  const [row] = await rows<{ readonly n: string }>("SELECT count() AS n FROM leads WHERE stage = 'dormant'");
  return Number(row?.n);
}

async function explained(lead: string, at: number | string): Promise<number> {
  return (await read<ExplainedInPart>(`/api/leads/${lead}/explain?limit=1&at=${new Date(at).toISOString()}`)).score;
}

async function read<Answer>(path: string): Promise<Answer> {
  const answer: Answer = JSON.parse(await (await server.get(path)).text());
  return answer;
}

const COLUMNS = `lead_id, score, toInt64(toUnixTimestamp64Milli(score_at)) AS at, score_exact, score_recorded,
  toInt64(toUnixTimestamp64Milli(recorded_at)) AS recorded_at`;
const AS_NUMBERS = 'SETTINGS output_format_json_quote_64bit_integers = 0';

test('every score that analysts read is what explain says for the time beside it', async () => {
  const leads = await rows<Row>(`SELECT ${COLUMNS} FROM leads ${AS_NUMBERS}`);
  expect(leads.length).toBeGreaterThan(50);
  for (const { lead_id, score, at, score_recorded, recorded_at } of leads) {
    expect(Math.abs(score - (await explained(lead_id, at)))).toBeLessThan(1.5e-9);
    expect(Math.abs(score_recorded - (await explained(lead_id, recorded_at)))).toBeLessThan(1.5e-9);
  }
  const exact = leads.filter(({ score_exact }) => score_exact);
  expect(exact.length / leads.length).toBeGreaterThan(0.9);
  for (const { at } of exact) expect(Date.now() - at).toBeLessThan(60_000);
});

test('most have faded since they were recorded', async () => {
  const leads = await rows<Row>(`SELECT ${COLUMNS} FROM leads WHERE score_recorded > 5 ${AS_NUMBERS}`);
  expect(leads.length).toBeGreaterThan(5);
  for (const { score, score_recorded } of leads) expect(score).toBeLessThan(score_recorded);
});

test('the list, counts by score and the pages of leads tell the same', async () => {
  const list: readonly LeadRow[] = await read('/api/leads?limit=500');
  expect(list.length).toBeGreaterThan(50);
  expect(list.map(({ score }) => score)).toEqual(list.map(({ score }) => score).toSorted((a, b) => b - a));
  for (const { lead_id, score, score_at } of list) {
    expect(Date.now() - Date.parse(score_at)).toBeLessThan(60_000);
    expect(Math.abs(score - (await explained(lead_id, score_at)))).toBeLessThan(1.5e-9);
    const { row, explanation } = await read<LeadPage>(`/api/leads/${lead_id}?limit=1`);
    expect(row?.score).toBe(explanation?.score);
    expect(row?.score).toBeCloseTo(score, 2);
  }
  const [counted] = await rows<{ readonly n: string }>('SELECT count() AS n FROM leads WHERE score >= 10');
  const least = (level: number) => list.filter(({ score }) => score >= level).length;
  // It fades while it is read.
  expect(Number(counted?.n)).toBeLessThanOrEqual(least(10));
  expect(Number(counted?.n)).toBeGreaterThanOrEqual(least(10.01));
});

test('a folder that runs verifies clean, with the score of every lead compared', async () => {
  const { end, out } = await ask('verify', '--data', dir, '--json');
  const { compared, differences } = JSON.parse(out);
  expect([end, differences]).toEqual([0, []]);
  const [{ n } = { n: '' }] = await rows<{ readonly n: string }>('SELECT count() AS n FROM leads');
  expect(compared).toContainEqual({ what: 'scores of leads', count: Number(n) });
});

test('after a model with other caps nothing is told as exact that explain does not say', async () => {
  const model = join(folder.dir, 'model');
  cpSync('model', model, { recursive: true });
  for (const name of ['scoring.test.yaml', 'stages.test.yaml']) rmSync(join(model, name));
  const scoring = join(model, 'scoring.yaml');
  writeFileSync(scoring, `${readFileSync(scoring, 'utf8')}\ncap: 55\n`);
  expect(await leadstream('apply', '--model', model, '--data', dir)).toMatchObject({ end: 0 });
  const exact = async () =>
    (await rows<Row>(`SELECT ${COLUMNS} FROM leads ${AS_NUMBERS}`)).filter(({ score_exact }) => score_exact);
  await vi.waitFor(async () => expect(await exact()).toEqual([]), { timeout: 20_000, interval: 200 });
  const event = { userId: 'newcomer', event: 'Trial Started', properties: {} };
  for (let n = 0; n < 4; n++) await server.post('/v1/track', event);
  const caught = async () => expect(await exact()).toMatchObject([{ score_recorded: 55 }]);
  await vi.waitFor(caught, { timeout: 20_000, interval: 200 });
  for (const { lead_id, score, at } of await exact()) {
    expect(Math.abs(score - (await explained(lead_id, at)))).toBeLessThan(1.5e-9);
  }
  for (const { lead_id, score, score_at } of await read<readonly LeadRow[]>('/api/leads?limit=500')) {
    expect(Math.abs(score - (await explained(lead_id, score_at)))).toBeLessThan(1.5e-9);
  }
  const { out } = await ask('verify', '--data', dir, '--json');
  expect(JSON.parse(out).differences).toEqual([]);
});
