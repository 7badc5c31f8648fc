import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LeadPage, LeadRow } from '#app/dashboard/api';
import { launchChromium } from '#test/browser/browser';
import { text, WAIT } from '#test/browser/visit';
import { type TestFolder, testFolder } from '#test/contracts/folder';
import { endAll } from '#test/process/command';
import { type Server, startServer } from '#test/process/server';

let browser: Browser | undefined;
let folder: TestFolder;
let server: Server;

beforeAll(async () => {
  folder = testFolder();
  server = await startServer(folder.dir);
  browser = await launchChromium();
});

afterAll(async () => {
  await browser?.close();
  await endAll();
  folder.remove();
});

/** The present lead id of whoever this is. */
async function leadOf(reference: string): Promise<string> {
  const answer = () => server.get(`/api/leads/${encodeURIComponent(reference)}`);
  await expect.poll(async () => (await answer()).status, WAIT).toBe(200);
  const { lead_id }: LeadPage = JSON.parse(await (await answer()).text());
  return lead_id;
}

/** The leads that a search finds. */
async function found(part: string): Promise<readonly string[]> {
  const rows: LeadRow[] = JSON.parse(await (await server.get(`/api/leads?search=${part}`)).text());
  return rows.map(({ lead_id }) => lead_id);
}

async function tell(path: string, body: object): Promise<void> {
  expect((await server.post(path, body)).status).toBe(200);
}

test('the page of an id that a lead had before it was joined shows the lead that it is now', async () => {
  const address = { traits: { email: 'ann@example.com' } };
  await tell('/v1/track', { userId: 'ann', event: 'Subscribed' });
  await tell('/v1/track', { event: 'Email Replied', context: address });
  await tell('/v1/page', { anonymousId: 'browser-7', properties: { path: '/pricing' } });
  const former = [await leadOf('ann@example.com'), await leadOf('browser-7')];
  const lead = await leadOf('ann');
  expect(new Set([lead, ...former]).size).toBe(3);

  await tell('/v1/identify', { userId: 'ann', anonymousId: 'browser-7', ...address });

  await expect.poll(() => leadOf('ann@example.com'), WAIT).toBe(lead);
  const page = await browser?.newPage();
  if (page === undefined) throw new Error('there is no browser');
  for (const id of [lead, ...former]) {
    await page.goto(`${server.url}/#/leads/${id}`);
    await text(page, 'h1').toBe('ann@example.com');
    await text(page, '.lead-head .id').toBe(lead);
    // subscribed 5, replied 15, the pricing page 10
    await text(page, '#score').toBe('30.0');
    await expect.poll(() => page.locator('.contribution').count(), WAIT).toBe(3);
    await expect.poll(() => page.locator('.activity').count(), WAIT).toBe(4);
    await expect.poll(() => found(id), WAIT).toEqual([lead]);
  }
});
