import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { funnelRows, handoffRow, leadRow, triggerRow } from '#app/dashboard/fixtures/rows';
import { settle } from '#test/browser/town';
import { text, visitEachTime, WAIT } from '#test/browser/visit';

const visits = visitEachTime();

function rung(page: Page, stage: string, part: string) {
  return page.locator(`.rung[data-stage=${stage}] ${part}`);
}

test('an empty page says what to do, then the funnel fills while one watches', async () => {
  const { complaints, memory, page, url } = visits.now();
  await page.goto(url);
  await text(page, '.live').toBe('Live');
  await page.getByText('Nobody has come by yet.').waitFor(WAIT);
  await page.getByText('npx leadstream start --demo').waitFor(WAIT);

  memory.tables.funnel.push(
    ...funnelRows([
      ['visitor', 10, 6],
      ['lead', 4, 4],
    ]),
  );
  memory.commit();
  await expect.poll(() => rung(page, 'visitor', '.total').textContent(), WAIT).toBe('10');
  await expect.poll(() => rung(page, 'lead', '.conversion').textContent(), WAIT).toBe('40%');
  expect(await page.getByText('Nobody has come by yet.').isVisible()).toBe(false);

  memory.tables.funnel.splice(
    0,
    2,
    ...funnelRows([
      ['visitor', 20, 4],
      ['lead', 16, 16],
    ]),
  );
  memory.commit();
  await expect.poll(() => rung(page, 'lead', '.total').textContent(), WAIT).toBe('16');
  const width = () =>
    rung(page, 'lead', '.reached').evaluate((bar) => bar.clientWidth / (bar.parentElement?.clientWidth ?? 1));
  await expect.poll(width, WAIT).toBeCloseTo(0.8, 2);
  expect(complaints).toEqual([]);
});

test('joins of leads that are open are told, with since when the first waits, until there are none', async () => {
  const { memory, page, url } = visits.now();
  const figure = page.locator('.figure', { hasText: 'open joins' });
  memory.joins = { open_joins: 2, oldest_join: Date.UTC(2026, 4, 1) };
  await page.goto(url);
  await figure.waitFor(WAIT);
  expect(await figure.locator('dd').textContent()).toBe('2');
  expect(await figure.getAttribute('title')).toContain('since 2026-05-01T00:00:00.000Z');

  memory.joins = { open_joins: 0, oldest_join: 0 };
  memory.commit();
  await expect.poll(() => figure.isVisible(), WAIT).toBe(false);
});

test('triggers and handoffs show up without a reload, suppressed ones say why', async () => {
  const { memory, page, url } = visits.now();
  memory.tables.leads.push(leadRow('a1', '花子@例え.jp', Date.now()));
  memory.tables.triggers.push(triggerRow('t1', 'a1', Date.now(), { suppressed_by: 'historic' }));
  await page.goto(url);
  await text(page, '.item').toContain('historic');

  memory.tables.triggers.unshift(triggerRow('t2', 'a1', Date.now(), { program: 'hot-lead', step: 'alert_sales' }));
  memory.tables.handoffs.unshift(handoffRow('h1', 'a1', Date.now()));
  memory.commit();
  await text(page, '.item.fresh').toContain('Hot lead');
  await text(page, '.item.fresh').toContain('花子@例え.jp');
  await page.locator('.item', { hasText: '田中 愛子' }).waitFor(WAIT);
  expect(await page.locator('.item').count()).toBe(3);
});

test('the leads table is searched, filtered and leads to a lead', async () => {
  const { memory, page, url } = visits.now();
  settle(memory, Date.now());
  await page.goto(url);
  await page.getByRole('row').nth(13).waitFor(WAIT);
  await page.getByLabel('Search leads').fill('FJORD');
  await expect.poll(() => page.getByRole('row').count(), WAIT).toBe(2);
  await page.getByLabel('Search leads').fill('');
  await page.getByLabel('Stage').selectOption('customer');
  await text(page, 'tbody tr').toContain('σοφία@παράδειγμα.example');
  await page.getByLabel('Search leads').fill('no one');
  await page.getByText('Nobody fits.').waitFor(WAIT);
  await page.getByLabel('Stage').selectOption('');
  await page.getByLabel('Search leads').fill('maria');
  await page.getByRole('cell').getByRole('link', { name: 'maria.santos' }).click(WAIT);
  await text(page, 'h1').toBe('maria.santos@nordwind.example');
  await page.getByText('← All leads').click(WAIT);
  await expect.poll(() => page.getByLabel('Search leads').inputValue(), WAIT).toBe('maria');
});
