import { expect, test } from 'vitest';
import { activityRow, handoffRow, leadRow, stageChangeRow, triggerRow } from '#app/dashboard/fixtures/rows';
import { idOf, settle } from '#test/browser/town';
import { serve, text, visitEachTime, WAIT } from '#test/browser/visit';

const visits = visitEachTime();
const NASTY = '<script>document.title="taken"</script><img src=x onerror="document.title=1">';

test('what people write stays text', async () => {
  const { complaints, memory, page, url } = visits.now();
  const row = leadRow(NASTY, NASTY, Date.now(), { source: NASTY, campaign: NASTY, stage: NASTY });
  memory.tables.leads.push(row);
  memory.tables.funnel.push({ stage: NASTY, reached: 3, leads: 3, kind: 'ladder' });
  memory.tables.triggers.push(
    triggerRow(NASTY, NASTY, Date.now(), { program: NASTY, step: NASTY, suppressed_by: NASTY }),
  );
  memory.tables.handoffs.push(handoffRow(NASTY, NASTY, Date.now(), { rep: NASTY, reason: NASTY }));
  const what = {
    name: NASTY,
    title: NASTY,
    path: NASTY,
    url: `javascript:${NASTY}`,
    properties: JSON.stringify({ [NASTY]: NASTY }),
  };
  memory.tables.activities.push(activityRow('e', NASTY, Date.now(), { ...what, stage_after: NASTY }));
  memory.tables.stage_changes.push(stageChangeRow(NASTY, NASTY, NASTY, Date.now()));
  const contribution = { event_id: NASTY, rule: NASTY, model_version: NASTY, occurred_at: Date.now(), raw: 1 };
  memory.contributions.set(NASTY, [contribution]);
  await page.goto(url);
  await text(page, 'tbody tr').toContain(NASTY);
  await text(page, '.item').toContain(NASTY);
  await page.getByRole('cell').getByRole('link').click(WAIT);
  await text(page, 'h1').toBe(NASTY);
  await text(page, '.activity').toContain(NASTY);
  await text(page, '.contribution').toContain(NASTY.slice(0, 7));
  expect(await page.locator('main script, main img, p script, p img').count()).toBe(0);
  expect(await page.title()).toBe(`${NASTY} · Leadstream`);
  expect(complaints).toEqual([]);
});

test('nothing inline runs, even if it got in', async () => {
  const { complaints, page, url } = visits.now();
  await page.goto(url);
  await page.evaluate(`
    const script = document.createElement('script');
    script.textContent = 'document.title = "taken"';
    document.body.append(script);
  `);
  expect(await page.title()).toBe('Leadstream');
  expect(complaints.join()).toContain('Content Security Policy');
});

test('a dropped connection shows and recovers', async () => {
  const visit = visits.now();
  const { memory, page, url } = visit;
  await page.goto(url);
  await text(page, '.live').toBe('Live');
  const port = Number(new URL(url).port);
  await visit.server.close();
  await text(page, '.live').toBe('Reconnecting…');
  memory.events = 1234;
  Object.assign(visit, await serve(memory, port));
  await text(page, '.live').toBe('Live');
  await text(page, '.figures').toContain('1,234');
});

test('an outage of the database shows in one line and goes away', async () => {
  const { memory, page, url } = visits.now();
  await page.goto(url);
  await text(page, '.live').toBe('Live');
  memory.outage = 'the disk is away';
  memory.commit();
  await text(page, '#problem').toBe('the numbers cannot be read right now: the disk is away');
  memory.outage = undefined;
  memory.commit();
  await expect.poll(() => page.locator('#problem').isVisible(), WAIT).toBe(false);
});

test.each([360, 768, 1280])('nothing sticks out at %i px', async (width) => {
  const { memory, page, url } = visits.now();
  settle(memory, Date.now());
  await page.setViewportSize({ width, height: 800 });
  for (const path of ['/', `/#/leads/${idOf(0)}`]) {
    await page.goto(url + path);
    await page
      .locator(path === '/' ? 'tbody tr' : '.activity')
      .first()
      .waitFor(WAIT);
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
  }
});
