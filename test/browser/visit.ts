import fastify, { type FastifyInstance } from 'fastify';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { createMemory, type Memory } from '#app/dashboard/fixtures/memory';
import { createDashboard } from '#app/dashboard/routes';
import { launchChromium } from '#test/browser/browser';

/** How long the page may take to show what it should. */
export const WAIT = { timeout: 30_000 };

/** A dashboard over tables in memory, and an empty page of a real browser to look at it. */
export interface Visit {
  memory: Memory;
  page: Page;
  server: FastifyInstance;
  url: string;
  /** Errors that the browser reported. */
  complaints: string[];
}

/** Sets a new visit up for each test of the file. */
export function visitEachTime(): { readonly now: () => Visit } {
  let browser: Browser | undefined;
  let visit: Visit | undefined;

  const now = () => {
    if (visit === undefined) throw new Error('there is a visit only within a test');
    return visit;
  };

  beforeAll(async () => {
    browser = await launchChromium();
  });
  beforeEach(async () => {
    if (browser === undefined) return;
    const memory = createMemory();
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    visit = { memory, page, complaints, ...(await serve(memory, 0)) };
  });
  afterEach(async () => {
    await visit?.page.close();
    await visit?.server.close();
  });
  afterAll(() => browser?.close());
  return { now };
}

/** Starts a server over the tables. */
export async function serve(memory: Memory, port: number): Promise<Pick<Visit, 'server' | 'url'>> {
  const server = fastify();
  await server.register(createDashboard(memory.ports));
  return { server, url: await server.listen({ port }) };
}

/** The text of the first such element, awaited until it is as expected. */
export function text(page: Page, selector: string) {
  return expect.poll(() => page.locator(selector).first().textContent(), WAIT);
}
