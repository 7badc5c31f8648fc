import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createFeed } from '#app/dashboard/feed';
import { createMemory, type Memory } from '#app/dashboard/fixtures/memory';
import { createDashboard } from '#app/dashboard/routes';
import { createStreams } from '#app/dashboard/stream';

let memory: Memory;
let server: FastifyInstance;
let url: string;

beforeEach(async () => {
  memory = createMemory();
  server = fastify();
  await server.register(createDashboard(memory.ports));
  url = await server.listen({ port: 0 });
});

afterEach(() => server.close());

async function open(path = `${url}/api/stream`): Promise<IncomingMessage> {
  const request = get(path);
  const [response] = await once(request, 'response');
  return response;
}

/** Reads until the text holds a pattern; returns all of it. */
async function readUntil(response: IncomingMessage, pattern: RegExp): Promise<string> {
  let text = '';
  for await (const chunk of response.iterator({ destroyOnReturn: false })) {
    text += chunk;
    if (pattern.test(text)) break;
  }
  return text;
}

test('every client gets the whole picture, and again when something changed', async () => {
  const clients = await Promise.all([open(), open(), open()]);
  for (const client of clients) {
    expect(client.headers['content-type']).toContain('text/event-stream');
    expect(await readUntil(client, /"events":0/)).toMatch(/^retry: 1000\n\n(.*\n)*event: update\ndata: \{/);
  }
  memory.events = 7;
  memory.commit();
  for (const client of clients) {
    await readUntil(client, /"events":7/);
    client.destroy();
  }
});

test('clients that leave take everything with them', async () => {
  const clients = await Promise.all([open(), open()]);
  for (const client of clients) await readUntil(client, /update/);
  expect(memory.listeners()).toBe(1);
  for (const client of clients) client.destroy();
  await expect.poll(() => memory.listeners()).toBe(0);
});

test('an outage of the database is told, and the end of it shows', async () => {
  memory.outage = 'disk is away';
  const client = await open();
  expect(await readUntil(client, /problem/)).toContain('disk is away');
  memory.outage = undefined;
  memory.commit();
  await readUntil(client, /event: update/);
  client.destroy();
});

test('closing the server ends the streams', async () => {
  const client = await open();
  await readUntil(client, /update/);
  const ended = once(client.resume(), 'end');
  await server.close();
  await ended;
  expect(memory.listeners()).toBe(0);
});

test('a quiet stream sends heartbeats', async () => {
  const quiet = fastify();
  const streams = createStreams(
    createFeed(
      () => new Promise(() => {}),
      () => () => {},
    ),
    10,
  );
  quiet.get('/stream', (_request, reply) => {
    reply.hijack();
    streams.open(reply.raw);
  });
  const client = await open(`${await quiet.listen({ port: 0 })}/stream`);
  expect(await readUntil(client, /(: still here\n\n){2}/)).toContain(': still here');
  streams.close();
  await quiet.close();
});
