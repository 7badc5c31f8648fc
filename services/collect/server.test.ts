import { connect } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { afterEach, describe, expect, test } from 'vitest';
import { FlowError, outage } from '#lib/flow/errors';
import type { Log } from '#lib/flow/log';
import { sha256 } from '#lib/hash/sha256';
import { createHttp } from '#lib/http/http';
import { createMemoryLog } from '#lib/log/memory/log';
import { type DeadLetterMessage, TOPICS } from '#schemas/topics';
import { publishModel } from '#services/collect/model';
import { createCollect } from '#services/collect/server';
import { anySource, listedSources, type Sources } from '#services/collect/source';

const NOW = Date.UTC(2026, 5, 1);
const open: FastifyInstance[] = [];

afterEach(async () => {
  for (const http of open.splice(0)) await http.close();
});

function memory(): Log {
  return createMemoryLog({ partitions: { [TOPICS.events]: 1, [TOPICS.deadLetters]: 1 } });
}

function serve(log: Pick<Log, 'publish'>, sources: Sources = anySource(sha256)): FastifyInstance {
  const http = createHttp();
  let ids = 0;
  http.register(createCollect({ log, clock: { now: () => NOW }, hash: sha256, uuid: () => `uuid-${++ids}`, sources }));
  open.push(http);
  return http;
}

async function values(log: Log, topic: string): Promise<readonly unknown[]> {
  const at = { topic, partition: 0 };
  const end = await log.end(at);
  if (end === 0) return [];
  const reader = log.reader(at, 0);
  const records = await reader.next(end, new AbortController().signal);
  await reader.close();
  expect(records.every(({ key }) => key === null)).toBe(true);
  return records.map(({ value }) => value);
}

/** The originals of dead letters, as texts. */
function textsOf(letters: readonly unknown[]): readonly string[] {
  return letters.map((letter) => {
    const { original } = (letter as DeadLetterMessage).value;
    return Buffer.from(original).toString('utf8');
  });
}

const track = { event: 'Trial Started', userId: 'u1', messageId: 'm1' };

describe('a single call', () => {
  test('that is good is acknowledged when it is in the log', async () => {
    const log = memory();
    const answer = await serve(log).inject({ method: 'POST', url: '/v1/track', payload: track });
    expect([answer.statusCode, answer.json()]).toEqual([200, { success: true }]);
    expect(await values(log, TOPICS.events)).toMatchObject([
      { type: 'LeadEvent', value: { event_id: 'm1', name: 'trial_started', publisher: 'default', received_at: NOW } },
    ]);
  });

  test('is of the type in its address', async () => {
    const log = memory();
    for (const type of ['track', 'identify', 'page', 'screen', 'group', 'alias']) {
      const payload = { ...track, type: 'nonsense', messageId: type };
      expect((await serve(log).inject({ method: 'POST', url: `/v1/${type}`, payload })).statusCode).toBe(200);
    }
    const names = (await values(log, TOPICS.events)).map(
      (message) => JSON.stringify(message).match(/"name":"(\w+)"/)?.[1],
    );
    expect(names).toEqual(['trial_started', 'identified', 'page_viewed', 'page_viewed', 'grouped', 'aliased']);
  });

  test('that is bad is dead-lettered as it came and answered with the reason', async () => {
    const log = memory();
    const payload = '{ "event": "Email Opened", "userId": "u1", "messageId": "m1" }';
    const answer = await serve(log).inject({ method: 'POST', url: '/v1/track', payload });
    expect([answer.statusCode, answer.json()]).toEqual([
      400,
      {
        success: false,
        reason: 'missing_field',
        detail: 'properties.email_id is missing: email_opened needs it',
      },
    ]);
    expect(await values(log, TOPICS.events)).toEqual([]);
    expect(await values(log, TOPICS.deadLetters)).toEqual([
      {
        type: 'DeadLetter',
        value: {
          dead_letter_id: expect.stringMatching(/^[0-9a-f]{32}$/),
          at: NOW,
          reason: 'missing_field',
          detail: 'properties.email_id is missing: email_opened needs it',
          origin: 'http /v1/track',
          publisher: 'default',
          event_id: 'm1',
          original: new Uint8Array(Buffer.from(payload)),
        },
      },
    ]);
  });

  test.each([
    ['basic authentication', { authorization: `Basic ${Buffer.from('secret-key:').toString('base64')}` }, {}],
    ['the body', {}, { writeKey: 'secret-key' }],
  ])('with a key in %s has a publisher that does not tell it', async (_where, headers, fields) => {
    const log = memory();
    const payload = { ...track, ...fields };
    await serve(log).inject({ method: 'POST', url: '/v1/track', headers, payload });
    await serve(log).inject({ method: 'POST', url: '/v1/track', headers, payload: { ...payload, event: 7 } });
    const [event] = await values(log, TOPICS.events);
    const publisher = anySource(sha256).ofKey('secret-key')?.name;
    expect(publisher).toMatch(/^key-[0-9a-f]{12}$/);
    expect(event).toMatchObject({ value: { publisher } });
    const letters = await values(log, TOPICS.deadLetters);
    expect(letters).toMatchObject([{ value: { publisher } }]);
    expect(JSON.stringify([event, letters, textsOf(letters)])).not.toContain('secret-key');
  });

  test('without a key has the publisher default', async () => {
    const log = memory();
    const headers = { authorization: 'Bearer x' };
    await serve(log).inject({ method: 'POST', url: '/v1/track', headers, payload: track });
    expect(await values(log, TOPICS.events)).toMatchObject([{ value: { publisher: 'default' } }]);
  });

  test('of a browser tells of its person, one of a server does not', async () => {
    const log = memory();
    const payload = JSON.stringify(track);
    for (const agent of ['Mozilla/5.0 (X11)', 'python-requests/2.32', 'undici', '']) {
      const headers = { 'content-type': 'text/plain', 'user-agent': agent, origin: 'https://example.com' };
      const answer = await serve(log).inject({ method: 'POST', url: '/v1/track', headers, payload });
      expect(answer.headers['access-control-allow-origin']).toBe('*');
    }
    expect(await values(log, TOPICS.events)).toMatchObject([
      { value: { personal: { ip: '127.0.0.1', user_agent: 'Mozilla/5.0 (X11)' } } },
      ...Array(3).fill({ value: { personal: { ip: null, user_agent: null } } }),
    ]);
  });
});

describe('a body that nobody can read is stored nowhere', () => {
  test.each([
    ['invalid JSON', Buffer.from('{"event":'), 400, 'invalid_json'],
    ['nothing', Buffer.from(''), 400, 'invalid_json'],
    ['invalid UTF-8', Buffer.from([0x22, 0xff, 0x22]), 400, 'invalid_utf8'],
    ['over 1 MB', Buffer.alloc(1_048_577, ' '), 413, 'too_large'],
  ])('%s', async (_what, payload, status, reason) => {
    const log = memory();
    for (const url of ['/v1/track', '/v1/batch']) {
      const answer = await serve(log).inject({ method: 'POST', url, payload });
      expect([answer.statusCode, answer.json()]).toEqual([
        status,
        { success: false, reason, detail: expect.any(String) },
      ]);
    }
    expect(await log.end({ topic: TOPICS.deadLetters, partition: 0 })).toBe(0);
  });

  test('a body of exactly 1 MB is read', async () => {
    const payload = JSON.stringify(track).padEnd(1_048_576);
    expect((await serve(memory()).inject({ method: 'POST', url: '/v1/track', payload })).statusCode).toBe(200);
  });
});

describe('a batch', () => {
  test('logs its good calls and lists the bad', async () => {
    const log = memory();
    const batch = [
      { ...track, type: 'track' },
      7,
      { type: 'identify', traits: { email: 'a@b.c' }, context: { locale: 'fr' } },
      { type: 'track', userId: 'u' },
    ];
    const payload = { batch, writeKey: 'k', context: { ip: '1.2.3.4', locale: 'de' } };
    const answer = await serve(log).inject({ method: 'POST', url: '/v1/batch', payload });
    expect([answer.statusCode, answer.json()]).toEqual([
      200,
      {
        success: true,
        rejected: [
          { index: 1, reason: 'mistyped_field' },
          { index: 3, reason: 'missing_field' },
        ],
      },
    ]);
    const publisher = anySource(sha256).ofKey('k')?.name;
    expect(await values(log, TOPICS.events)).toMatchObject([
      { value: { event_id: 'm1', publisher, context: '{"locale":"de"}', personal: { ip: '1.2.3.4' } } },
      { value: { event_id: 'uuid-1', publisher, context: '{"locale":"fr"}' } },
    ]);
    expect(await values(log, TOPICS.deadLetters)).toMatchObject([
      { value: { origin: 'http /v1/batch', original: new Uint8Array(Buffer.from('7')) } },
      { value: { original: new Uint8Array(Buffer.from('{"type":"track","userId":"u"}')) } },
    ]);
  });

  test('without bad calls says success and nothing else; an empty one too', async () => {
    const http = serve(memory());
    for (const batch of [[{ ...track, type: 'track' }], []]) {
      const answer = await http.inject({ method: 'POST', url: '/v1/batch', payload: { batch } });
      expect([answer.statusCode, answer.json()]).toEqual([200, { success: true }]);
    }
  });

  test.each([
    ['a list', []],
    ['without calls', {}],
    ['with calls that are no list', { batch: {} }],
    ['with very many calls', { batch: Array(10_001).fill(0) }],
  ])('%s is refused as a whole', async (_what, payload) => {
    const log = memory();
    const answer = await serve(log).inject({ method: 'POST', url: '/v1/batch', payload });
    expect(answer.statusCode).toBe(400);
    expect(await values(log, TOPICS.deadLetters)).toHaveLength(1);
  });

  test('survives a call nested deeper than any stack', async () => {
    const log = memory();
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    const payload = `{"batch":[{"type":"track","event":"x","userId":"u","properties":{"deep":${deep}}}]}`;
    const answer = await serve(log).inject({ method: 'POST', url: '/v1/batch', payload });
    expect(answer.json()).toEqual({ success: true, rejected: [{ index: 0, reason: 'too_deep' }] });
    expect(await values(log, TOPICS.deadLetters)).toMatchObject([{ value: { reason: 'too_deep' } }]);
  });
});

describe('the pixel', () => {
  test('that is only asked whether it is there is no open', async () => {
    const log = memory();
    const url = '/pixel.gif?event=email_opened&email_id=e1&email=a%40b.c';
    const answer = await serve(log).inject({ method: 'HEAD', url });
    expect(answer).toMatchObject({ statusCode: 200, headers: { 'content-type': 'image/gif', 'content-length': '43' } });
    expect(await values(log, TOPICS.events)).toEqual([]);
  });

  test('reports the behaviour that its query names', async () => {
    const log = memory();
    const url = '/pixel.gif?event=email_opened&email_id=e1&email=a%40b.c&messageId=m&userId=u1&userId=u2';
    const answer = await serve(log).inject({ url, headers: { 'user-agent': 'Mail' } });
    expect([answer.statusCode, answer.headers['content-type'], answer.headers['cache-control']]).toEqual([
      200,
      'image/gif',
      'no-store',
    ]);
    expect(answer.rawPayload.subarray(0, 6).toString()).toBe('GIF89a');
    expect(answer.rawPayload).toHaveLength(43);
    expect(await values(log, TOPICS.events)).toMatchObject([
      {
        value: {
          event_id: 'm',
          name: 'email_opened',
          properties: '{"email_id":"e1"}',
          personal: { email: 'a@b.c', user_id: 'u1', user_agent: 'Mail' },
        },
      },
    ]);
  });

  test('stands for the page it is on if it names none', async () => {
    const log = memory();
    await serve(log).inject({ url: '/pixel.gif?anonymousId=a', headers: { referer: 'https://example.com/pricing?x' } });
    expect(await values(log, TOPICS.events)).toMatchObject([{ value: { name: 'page_viewed', path: '/pricing' } }]);
  });

  test('takes a cost, whose amount is a text in a query', async () => {
    const log = memory();
    await serve(log).inject({ url: '/pixel.gif?event=cost_recorded&amount=12.50&currency=EUR&campaign=may' });
    await serve(log).inject({ url: '/pixel.gif?event=cost_recorded&amount=much' });
    expect(await values(log, TOPICS.events)).toMatchObject([
      {
        value: {
          name: 'cost_recorded',
          campaign: 'may',
          properties: '{"amount":12.5,"campaign":"may","currency":"EUR"}',
          personal: { user_id: null, anonymous_id: null, email: null },
        },
      },
    ]);
    expect(await values(log, TOPICS.deadLetters)).toMatchObject([{ value: { reason: 'mistyped_field' } }]);
  });

  test('is an image also when it is bad', async () => {
    const log = memory();
    const answer = await serve(log).inject({ url: '/pixel.gif?event=email_opened&userId=u%FF' });
    expect([answer.statusCode, answer.rawPayload.length]).toEqual([200, 43]);
    expect(await values(log, TOPICS.deadLetters)).toMatchObject([
      { value: { reason: 'missing_field', origin: 'http /pixel.gif' } },
    ]);
  });
});

describe('sources that are listed', () => {
  const sources = listedSources([
    { name: 'website', keys: ['web-key-1', 'web-key-2'], may: ['website'], mayNot: [] },
    { name: 'crm', keys: ['crm-key-1'], may: ['crm'], mayNot: ['deal_lost'] },
  ]);
  const basic = (key: string) => ({ authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}` });
  const won = { event: 'Deal Won', userId: 'u1', messageId: 'm2' };

  test('stand in the log by their names, whichever of their keys was sent', async () => {
    const log = memory();
    const http = serve(log, sources);
    const post = (url: string, payload: object, headers = {}) => http.inject({ method: 'POST', url, headers, payload });
    await post('/v1/track', { ...track, writeKey: 'web-key-1' });
    await post('/v1/track', track, basic('web-key-2'));
    await post('/v1/batch', { batch: [{ ...won, type: 'track' }], writeKey: 'crm-key-1' });
    await post('/v1/batch', { batch: [{ ...won, type: 'track', writeKey: 'crm-key-1' }], writeKey: 'web-key-1' });
    await http.inject('/pixel.gif?userId=u&writeKey=web-key-1');
    const names = (await values(log, TOPICS.events)).map(
      (message) => /"publisher":"(\w+)"/.exec(JSON.stringify(message))?.[1],
    );
    expect(names).toEqual(['website', 'website', 'crm', 'crm', 'website']);
    expect(JSON.stringify(await values(log, TOPICS.events))).not.toMatch(/key-\d/);
  });

  test.each([
    ['a call', '/v1/track', track, {}, /^there is no write key: send the one of your source/],
    [
      'a call with another key',
      '/v1/identify',
      { ...track, writeKey: 'other' },
      {},
      /^the write key is of no source: ask/,
    ],
    [
      'a call with another key in its header',
      '/v1/page',
      { ...track, writeKey: 'web-key-1' },
      basic('other'),
      /no source/,
    ],
    ['a bad call', '/v1/track', {}, {}, /no write key/],
    ['a batch', '/v1/batch', { batch: [{ ...track, type: 'track' }] }, {}, /no write key/],
    [
      'a batch with one such call',
      '/v1/batch',
      {
        batch: [
          { ...track, type: 'track', writeKey: 'web-key-1' },
          { ...won, type: 'track', writeKey: 'x' },
        ],
      },
      {},
      /no source/,
    ],
    ['an empty batch', '/v1/batch', { batch: [] }, {}, /no write key/],
    ['no batch', '/v1/batch', { writeKey: 'x' }, {}, /no source/],
  ])('%s of nobody is answered 401 and stored nowhere', async (_what, url, payload, headers, detail) => {
    const log = memory();
    const answer = await serve(log, sources).inject({ method: 'POST', url, headers, payload });
    expect([answer.statusCode, answer.json()]).toEqual([
      401,
      { success: false, reason: 'unknown_key', detail: expect.stringMatching(detail) },
    ]);
    expect(await values(log, TOPICS.events)).toEqual([]);
    expect(await values(log, TOPICS.deadLetters)).toEqual([]);
  });

  test('a pixel of nobody is an image, and stored nowhere', async () => {
    const log = memory();
    const answer = await serve(log, sources).inject('/pixel.gif?userId=u&writeKey=other');
    expect([answer.statusCode, answer.rawPayload.length]).toEqual([401, 43]);
    expect(await values(log, TOPICS.events)).toEqual([]);
  });

  test('a call that its source may not make is refused and kept, without the key', async () => {
    const log = memory();
    const http = serve(log, sources);
    const payload = { ...won, writeKey: 'web-key-1', properties: { note: 'web-key-1' } };
    const answer = await http.inject({ method: 'POST', url: '/v1/track', payload });
    expect([answer.statusCode, answer.json()]).toEqual([
      400,
      {
        success: false,
        reason: 'not_allowed',
        detail: 'the source website may not report deal_won: sources.yaml says what it may',
      },
    ]);
    const batch = [
      { ...track, type: 'track' },
      { ...won, type: 'track' },
    ];
    const mixed = await http.inject({ method: 'POST', url: '/v1/batch', payload: { batch, writeKey: 'web-key-1' } });
    expect(mixed.json()).toEqual({ success: true, rejected: [{ index: 1, reason: 'not_allowed' }] });
    await http.inject('/pixel.gif?event=deal_won&userId=u&writeKey=web-key-1');
    await http.inject({
      method: 'POST',
      url: '/v1/track',
      headers: basic('crm-key-1'),
      payload: { ...won, event: 'deal_lost' },
    });

    const letters = await values(log, TOPICS.deadLetters);
    expect(letters).toMatchObject([
      { value: { reason: 'not_allowed', publisher: 'website', event_id: 'm2' } },
      { value: { reason: 'not_allowed', publisher: 'website', event_id: 'm2' } },
      { value: { reason: 'not_allowed', publisher: 'website', origin: 'http /pixel.gif' } },
      { value: { reason: 'not_allowed', publisher: 'crm' } },
    ]);
    expect(textsOf(letters)).toEqual([
      JSON.stringify({ ...payload, writeKey: '', properties: { note: '' } }),
      JSON.stringify({ ...won, type: 'track' }),
      '/pixel.gif?event=deal_won&userId=u&writeKey=',
      JSON.stringify({ ...won, event: 'deal_lost' }),
    ]);
    expect(await values(log, TOPICS.events)).toHaveLength(1);
  });
});

describe('an outage of the log', () => {
  const down = { publish: () => Promise.reject(outage('the log', new Error('no space left'))) };

  test('is answered 503 with what to do', async () => {
    const answer = await serve(down).inject({ method: 'POST', url: '/v1/track', payload: track });
    expect([answer.statusCode, answer.headers['retry-after'], answer.json()]).toEqual([
      503,
      '5',
      {
        success: false,
        reason: 'unavailable',
        detail: 'nothing was stored, try again later: the log: no space left',
      },
    ]);
  });

  test('leaves the pixel an image, not acknowledged', async () => {
    const answer = await serve(down).inject({ url: '/pixel.gif?userId=u' });
    expect([answer.statusCode, answer.rawPayload.length]).toEqual([503, 43]);
  });

  test('is told apart from a bug', async () => {
    const broken = { publish: () => Promise.reject(new FlowError('undecodable', 'secret', { retriable: false })) };
    const answer = await serve(broken).inject({ method: 'POST', url: '/v1/track', payload: track });
    expect([answer.statusCode, answer.body.includes('secret')]).toEqual([500, false]);
  });
});

test('browsers of any site may ask and send', async () => {
  const http = serve(memory());
  const answer = await http.inject({ method: 'OPTIONS', url: '/v1/track' });
  expect([answer.statusCode, answer.body]).toEqual([204, '']);
  expect(answer.headers).toMatchObject({
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'POST, OPTIONS',
    'access-control-allow-headers': 'authorization, content-type',
  });
});

test('unknown addresses are answered', async () => {
  const http = serve(memory());
  const unknown = await http.inject('/v1/nothing?a=1');
  expect([unknown.statusCode, unknown.json()]).toEqual([
    404,
    { success: false, reason: 'not_found', detail: 'there is no GET /v1/nothing' },
  ]);
});

test('a model is a record of lead.events', async () => {
  const log = memory();
  await publishModel(log, { 'scoring.yaml': 'x' }, 'v1', NOW);
  expect(await values(log, TOPICS.events)).toEqual([
    {
      type: 'ModelSubmitted',
      value: {
        model_version: 'v1',
        files: { 'scoring.yaml': 'x' },
        received_at: NOW,
        own_time: false,
        import_id: null,
      },
    },
  ]);
});

describe('over a real socket', () => {
  test('nothing is answered before the log has it', async () => {
    const log = memory();
    const steps: string[] = [];
    const slow: Pick<Log, 'publish'> = {
      async publish(records) {
        await new Promise((resolve) => setImmediate(resolve));
        await log.publish(records);
        steps.push('in the log');
      },
    };
    const address = await serve(slow).listen({ host: '127.0.0.1', port: 0 });
    const answer = await fetch(`${address}/v1/track`, { method: 'POST', body: JSON.stringify(track) });
    steps.push('answered');
    expect([answer.status, await answer.json()]).toEqual([200, { success: true }]);
    expect(steps).toEqual(['in the log', 'answered']);
  });

  test('a body that says it is over 1 MB is answered 413 before it is sent', async () => {
    const address = new URL(await serve(memory()).listen({ host: '127.0.0.1', port: 0 }));
    const socket = connect(Number(address.port), address.hostname);
    socket.write(
      'POST /v1/batch HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 99999999\r\n\r\n{',
    );
    const [chunk] = await new Promise<[Buffer]>((resolve) => socket.once('data', (data: Buffer) => resolve([data])));
    socket.destroy();
    expect(chunk.toString()).toMatch(/^HTTP\/1\.1 413 /);
  });
});
