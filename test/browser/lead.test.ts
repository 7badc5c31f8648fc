import { expect, test } from 'vitest';
import { DAY } from '#app/dashboard/fixtures/memory';
import { absenceRow, activityRow, leadRow, stageChangeRow } from '#app/dashboard/fixtures/rows';
import { idOf, settle } from '#test/browser/town';
import { text, visitEachTime, WAIT } from '#test/browser/visit';

const visits = visitEachTime();

test("a lead's page sums to its score and follows what happens", async () => {
  const { complaints, memory, page, url } = visits.now();
  const lead = idOf(0);
  settle(memory, Date.now());
  await page.goto(`${url}/#/leads/${lead}`);
  await text(page, 'h1').toBe('maria.santos@nordwind.example');
  const explanation = await memory.ports.explain(lead);
  const parts = await page.locator('.contribution .points').allTextContents();
  const sum = parts.reduce((total, part) => total + Number(part.replace('−', '-')), 0);
  expect(parts).toHaveLength(explanation?.contributions.length ?? 0);
  expect(Math.abs(sum - (explanation?.score ?? 0))).toBeLessThan(0.005 * parts.length + 0.001);
  const shown = await page.locator('#score').textContent();
  expect(shown).toBe((explanation?.score ?? 0).toFixed(1));
  expect(await page.locator('#sum').textContent()).toBe(shown);
  expect(await page.locator('.chart .curve').count()).toBe(2);
  expect(await page.locator('.chart .threshold').textContent()).toContain('MQL from 50');
  expect(await page.locator('.history li').count()).toBe(3);
  await expect.poll(() => page.locator('.activity').count(), WAIT).toBe(11);

  const entries = memory.contributions.get(lead) ?? [];
  const rule = { rule: 'replies_to_mail', model_version: 'm', raw: 15 };
  memory.contributions.set(lead, [...entries, { ...rule, event_id: 'new', occurred_at: Date.now() }]);
  memory.tables.activities.unshift(activityRow('new', lead, Date.now(), { name: 'email_replied' }));
  const rows = memory.tables.leads;
  rows.splice(0, rows.length, ...rows.map((row) => (row.lead_id === lead ? { ...row, activities: 12 } : row)));
  memory.commit();
  await text(page, '#score').toBe(((explanation?.score ?? 0) + 15).toFixed(1));
  await text(page, '.activity.fresh').toContain('Email replied');
  expect(complaints).toEqual([]);
});

test('a long explanation still sums: the small ones share a line until all are asked for', async () => {
  const { memory, page, url } = visits.now();
  const base = { rule: 'pricing_page', model_version: 'm', occurred_at: Date.now() };
  memory.contributions.set(
    'a1',
    Array.from({ length: 40 }, (_, index) => ({ ...base, event_id: `e${index}`, raw: 1 })),
  );
  memory.tables.leads.push(leadRow('a1', 'a@example.com', Date.now()));
  await page.goto(`${url}/#/leads/a1`);
  await text(page, '#score').toBe('40.0');
  await page.getByText('28 smaller ones').waitFor(WAIT);
  await page.getByRole('button', { name: 'Show all' }).click(WAIT);
  expect(await page.locator('.contribution').count()).toBe(40);
});

test('what caps took, the grade with its reasons and the day of the fall are said in plain words', async () => {
  const { complaints, memory, page, url } = visits.now();
  const now = Date.now();
  const base = { model_version: 'm', occurred_at: now };
  memory.contributions.set('a1', [
    { ...base, event_id: 'e1', rule: 'trial_started', raw: 60 },
    { ...base, event_id: 'e2', rule: 'clicks_mail', raw: 30, kept: 2 / 3 },
  ]);
  const reasons = [{ rule: 'large_company', points: 20, disqualifies: null }];
  memory.graded.set('a1', { grade: 'B', fit: { points: 20, reasons }, disqualified: 'is a student' });
  memory.tables.leads.push(leadRow('a1', 'a@example.com', now, { stage: 'mql' }));
  const toMql = [now - 2 * DAY, now - 90 * DAY].map((at) => stageChangeRow('a1', 'lead', 'mql', at));
  memory.tables.stage_changes.push(...toMql);
  await page.goto(`${url}/#/leads/a1`);

  await text(page, '.contribution >> nth=0').toContain('Trial started');
  await text(page, '.contribution >> nth=1').toContain('caps took 10.00');
  expect(await page.locator('.fill.capped').count()).toBe(1);
  expect(await page.locator('.caps').textContent()).toContain('took 10.00 points');
  expect(await page.locator('#sum').textContent()).toBe('80.0');
  const card = (name: string) => page.getByRole('region', { name });
  expect(await card('Grade').textContent()).toContain('Disqualified: is a student');
  expect(await card('Grade').textContent()).toContain('Large company+20');
  expect(await card('If nothing happens').textContent()).toMatch(/Falls below 50 \(MQL\).*in 20 days/);
  expect(await page.locator('.chart .crossing').count()).toBe(1);
  expect(await page.locator('.facts').textContent()).toContain('2nd time');
  expect(complaints).toEqual([]);
});

test('what is missing for the next stage is said: the condition that holds, and the one that does not', async () => {
  const { complaints, memory, page, url } = visits.now();
  const now = Date.now();
  const trial = { model_version: 'm', event_id: 'e1', rule: 'trial_started', occurred_at: now, raw: 41.5 };
  memory.contributions.set('a1', [trial]);
  memory.graded.set('a1', { grade: 'C', fit: { points: 0, reasons: [] }, disqualified: null });
  memory.tables.leads.push(leadRow('a1', 'a@example.com', now));
  memory.tables.stage_changes.push(stageChangeRow('a1', 'visitor', 'lead', now - DAY));
  await page.goto(`${url}/#/leads/a1`);

  const card = page.getByRole('region', { name: 'Next stage' });
  await expect.poll(() => card.textContent(), WAIT).toContain('MQL takes one of these');
  expect(await card.locator('.unmet').allTextContents()).toEqual([
    expect.stringMatching(/missing: score 41\.\d\d of 50, 8\.\d\d points missing$/),
    expect.stringContaining('missing: grade C, needs B or better'),
    expect.stringContaining('missing: trial_started has to happen'),
  ]);
  expect(complaints).toEqual([]);
});

test('a lead at the top of the ladder has no next stage', async () => {
  const { memory, page, url } = visits.now();
  memory.tables.leads.push(leadRow('a1', 'a@example.com', Date.now(), { stage: 'mql' }));
  memory.contributions.set('a1', []);
  memory.tables.stage_changes.push(stageChangeRow('a1', 'lead', 'mql', Date.now() - DAY));
  await page.goto(`${url}/#/leads/a1`);
  await page.getByRole('region', { name: 'If nothing happens' }).waitFor(WAIT);
  expect(await page.getByRole('region', { name: 'Next stage' }).count()).toBe(0);
});

test('two absences between two activities stand in the timeline with their points', async () => {
  const { complaints, memory, page, url } = visits.now();
  const now = Date.now();
  memory.tables.leads.push(leadRow('a1', 'a@example.com', now));
  memory.contributions.set('a1', []);
  memory.tables.activities.push(
    activityRow('e2', 'a1', now - DAY, { score_before: 5.1, score_after: 15.1 }),
    activityRow('e1', 'a1', now - 20 * DAY, { score_before: 20, score_after: 30 }),
  );
  memory.tables.score_changes.push(
    absenceRow('c2', 'a1', ['email_not_opened'], now - 4 * DAY, -10),
    absenceRow('c1', 'a1', ['email_not_opened', 'email_not_opened'], now - 9 * DAY, -20),
  );
  await page.goto(`${url}/#/leads/a1`);

  await expect.poll(() => page.locator('.timeline > li').count(), WAIT).toBe(4);
  const lines = await page.locator('.timeline > li').allTextContents();
  expect(lines[0]).toContain('Page viewed');
  expect(lines[1]).toMatch(/Email not opened.*time alone.*30\.0 → 20\.0−10\.00/);
  expect(lines[2]).toMatch(/Email not opened × 2.*30\.0 → 10\.0−20\.00/);
  expect(lines[3]).toContain('20.0 → 30.0');
  expect(complaints).toEqual([]);
});

test('a rule without points is above the others, as what disqualifies', async () => {
  const { complaints, memory, page, url } = visits.now();
  const base = { model_version: 'm', occurred_at: Date.now() };
  memory.contributions.set('a1', [
    { ...base, event_id: 'e1', rule: 'trial_started', raw: 25 },
    { ...base, event_id: 'e2', rule: 'is_student', raw: 0 },
  ]);
  memory.tables.leads.push(leadRow('a1', 'a@example.com', Date.now()));
  await page.goto(`${url}/#/leads/a1`);

  await text(page, '.contribution >> nth=0').toMatch(/^Is student.*disqualifies, since /);
  expect(await page.locator('.contribution').count()).toBe(2);
  expect(await page.locator('.contribution .points').allTextContents()).toEqual(['+25.00']);
  await text(page, '#sum').toBe('25.0');
  expect(complaints).toEqual([]);
});

test('of ten thousand contributions the largest are sent, with a line for the rest', async () => {
  const { memory, page, url } = visits.now();
  const base = { rule: 'pricing_page', model_version: 'm', occurred_at: Date.now() };
  const many = Array.from({ length: 10_000 }, (_, index) => ({ ...base, event_id: `e${index}`, raw: 1 }));
  memory.contributions.set('a1', [...many, { ...base, event_id: 'largest', rule: 'trial', raw: 25 }]);
  memory.tables.leads.push(leadRow('a1', '', Date.now(), { stage: 'visitor' }));
  const answered = page.waitForResponse(/\/api\/leads\/a1\?/);
  await page.goto(`${url}/#/leads/a1`);
  await page.getByText('9,989 smaller ones').waitFor(WAIT);
  expect((await (await answered).body()).length).toBeLessThan(200_000);
  expect(await page.locator('.contribution >> nth=0').textContent()).toContain('Trial');
  await text(page, 'h1').toBe('Visitor');
  await text(page, '#sum').toBe('10,025.0');
  await page.getByRole('button', { name: 'Show the largest 500' }).click(WAIT);
  await page.getByText('9,501 smaller ones').waitFor(WAIT);
  expect(await page.locator('.contribution').count()).toBe(501);
  expect(await page.locator('#sum').textContent()).toBe('10,025.0');
  expect(await page.getByRole('region', { name: 'Grade' }).count()).toBe(0);
});

test('a lead that nobody knows is a plain line', async () => {
  const { page, url } = visits.now();
  await page.goto(`${url}/#/leads/nobody`);
  await page.getByText('no lead is known as "nobody"').waitFor(WAIT);
});
