import fastify from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMemory } from '#app/dashboard/fixtures/memory';
import { createDashboard } from '#app/dashboard/routes';

const server = fastify();

beforeAll(async () => {
  await server.register(createDashboard(createMemory().ports));
});

afterAll(() => server.close());

test.each([
  ['/', 'text/html; charset=utf-8'],
  ['/assets/main.js', 'text/javascript; charset=utf-8'],
  ['/assets/style.css', 'text/css; charset=utf-8'],
  ['/assets/icon.svg', 'image/svg+xml'],
])('%s is served once and then only named', async (url, type) => {
  const first = await server.inject({ url });
  expect(first.statusCode).toBe(200);
  expect(first.headers['content-type']).toBe(type);
  expect(first.body.length).toBeGreaterThan(100);
  const again = await server.inject({ url, headers: { 'if-none-match': String(first.headers.etag) } });
  expect(again.statusCode).toBe(304);
  expect(again.body).toBe('');
});

test('the policy allows nothing inline, and the page has nothing inline', async () => {
  const page = await server.inject({ url: '/' });
  expect(page.headers['content-security-policy']).toContain("script-src 'self'");
  expect(page.headers['content-security-policy']).not.toContain('unsafe');
  expect(page.body).not.toMatch(/<style|style=|<script(?![^>]*src=)|\son\w+=/);
});
