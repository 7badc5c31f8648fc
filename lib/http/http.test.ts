import { expect, test } from 'vitest';
import { outage } from '#lib/flow/errors';
import { bytesOf, createHttp } from '#lib/http/http';

test('handlers get every body as the bytes that came, whatever its type', async () => {
  const http = createHttp();
  http.post('/', (request, reply) => reply.send(Buffer.from(bytesOf(request.body)).toString('hex')));
  for (const type of ['application/json', 'text/plain', 'application/octet-stream', 'nonsense']) {
    const answer = await http.inject({
      method: 'POST',
      url: '/',
      headers: { 'content-type': type },
      payload: Buffer.from([0xff, 0x7b]),
    });
    expect([type, answer.statusCode, answer.body]).toEqual([type, type === 'nonsense' ? 415 : 200, expect.any(String)]);
    if (type !== 'nonsense') expect(answer.body).toBe('ff7b');
  }
  expect((await http.inject({ method: 'POST', url: '/' })).body).toBe('');
});

test('a body over the limit is refused in one line', async () => {
  const http = createHttp({ bodyLimit: 3 });
  http.post('/', (_request, reply) => reply.send('ok'));
  const answer = await http.inject({ method: 'POST', url: '/', payload: 'four' });
  expect([answer.statusCode, answer.json()]).toEqual([
    413,
    { success: false, reason: 'too_large', detail: 'the body is over 3 bytes: send less at once' },
  ]);
});

test('outages and bugs are told, the first as to be tried again, the second without their message', async () => {
  const told: unknown[] = [];
  const http = createHttp({ onError: (error) => told.push(error) });
  const [down, bug] = [outage('the log', new Error('no\nspace')), new Error('secret')];
  http.get('/down', () => Promise.reject(down));
  http.get('/bug', () => Promise.reject(bug));
  const answers = [await http.inject('/down'), await http.inject('/bug')];
  expect(answers.map(({ statusCode, headers }) => [statusCode, headers['retry-after']])).toEqual([
    [503, '5'],
    [500, undefined],
  ]);
  expect(answers[0]?.json().detail).toBe('nothing was stored, try again later: the log: no space');
  expect(answers[1]?.body).not.toContain('secret');
  expect(told).toEqual([down, bug]);
});
