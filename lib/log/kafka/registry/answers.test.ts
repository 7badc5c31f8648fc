import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { createCodec } from '#lib/avro/codec';
import { RECORD_SCHEMAS, selfContained } from '#lib/avro/schema';
import { FlowError } from '#lib/flow/errors';
import { handClock, type Impostor, impostor, say } from '#lib/log/kafka/registry/given';
import { connectRegistry, type KafkaSchemaRegistry, type RegistryOptions } from '#lib/log/kafka/registry/registry';

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

let server: Impostor;
const opened: KafkaSchemaRegistry[] = [];

afterEach(async () => {
  for (const registry of opened.splice(0)) registry.close();
  await server.close();
});

async function connectTo(answer: Answer, options: Partial<RegistryOptions> = {}): Promise<KafkaSchemaRegistry> {
  server = await impostor((request, response) => answer(response, request));
  const registry = await connectRegistry({
    url: server.url,
    prefix: '',
    register: true,
    clock: handClock(),
    timeout: 200,
    retry: { attempts: 1, pause: 0 },
    ...options,
  });
  opened.push(registry);
  return registry;
}

/** A registry that knows all of ours, each by an id of its own, and answers for other ids as the test says. */
async function connected(answer: Answer, options: Partial<RegistryOptions> = {}): Promise<KafkaSchemaRegistry> {
  let ids = 0;
  return connectTo(
    (response, request) => {
      if (request.url?.startsWith('/subjects/') && request.method === 'POST') say(response, 200, { id: ++ids });
      else answer(response, request);
    },
    { register: false, ...options },
  );
}

function failure(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => {
      throw new Error('it should have failed');
    },
    (thrown: unknown) => thrown,
  );
}

const html: (status: number) => Answer = (status) => (response) =>
  response.writeHead(status, { 'content-type': 'text/html' }).end('<html>\n<h1>Sorry</h1>\n</html>');
const silent: Answer = () => {};
const cutOff: Answer = (response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' }).write('{"schema":');
  setTimeout(() => response.destroy(), 10);
};
const halfAnAnswer: Answer = (response) =>
  void response.writeHead(200, { 'content-type': 'application/json' }).write('{"schema":');

/** What stands between us and a registry that is not there. */
const BROKEN: readonly [string, Answer][] = [
  ['a proxy without a registry, 502', html(502)],
  ['a proxy that knows no such page, 404', html(404)],
  ['a page for people, 200', html(200)],
  ['no answer', silent],
  ['an answer that breaks off', cutOff],
  ['an answer that stops', halfAnAnswer],
  ['a registry whose store is down, 500', (response) => say(response, 500, { error_code: 50001, message: 'Store' })],
  ['too many requests, 429', (response) => say(response, 429, { error_code: 429, message: 'Slow down' })],
  ['a path that no registry has, 404', (response) => say(response, 404, { error_code: 404, message: 'HTTP 404' })],
];

describe('an outage is never taken for an answer', () => {
  it.each(BROKEN)('%s: records wait', async (_case, answer) => {
    const registry = await connected(answer);

    const thrown = await failure(registry.ensure([500]));

    expect(thrown).toBeInstanceOf(FlowError);
    expect(thrown).toMatchObject({ retriable: true, message: expect.stringContaining(server.url) });
    expect(thrown).toMatchObject({ message: expect.not.stringContaining('\n') });
  });

  it.each(BROKEN)('%s: it does not start, and says where', async (_case, answer) => {
    const thrown = await failure(
      connectTo((response, request) => {
        if (request.method === 'GET') say(response, 404, { error_code: 40408, message: 'None' });
        else answer(response, request);
      }),
    );

    expect(thrown).toMatchObject({ message: expect.stringContaining(server.url) });
    expect(thrown).toMatchObject({ message: expect.not.stringContaining('\n') });
    if (_case !== 'a path that no registry has, 404') expect(thrown).toMatchObject({ retriable: true });
  });
});

describe('a registry that lets nobody in', () => {
  it('says so at the start, without the password', async () => {
    server = await impostor((_request, response) => say(response, 401, { error_code: 401, message: 'Unauthorized' }));
    const url = server.url.replace('//', '//ann:secret@');

    const thrown = await failure(
      connectRegistry({ url, prefix: '', register: true, clock: handClock(), retry: { attempts: 5, pause: 1 } }),
    );

    expect(thrown).toMatchObject({
      code: 'denied',
      retriable: false,
      message: `the schema registry at ${server.url} refuses the user or password`,
    });
  });

  it('says which subject the user may not register', async () => {
    const thrown = await failure(
      connectTo((response, request) => {
        if (request.method === 'GET') say(response, 404, { error_code: 40408, message: 'None' });
        else html(403)(response, request);
      }),
    );

    expect(thrown).toMatchObject({
      code: 'denied',
      message: `the schema registry at ${server.url} does not let this user register lead.events-leadstream.LeadEvent; grant it`,
    });
  });

  it('while records wait is an outage: access may be granted again', async () => {
    const registry = await connected((response) => say(response, 403, { error_code: 40301, message: 'Forbidden' }));

    expect(await failure(registry.ensure([500]))).toMatchObject({
      retriable: true,
      message: expect.stringContaining('403, Forbidden'),
    });
  });

  it('is given the user and password in each request', async () => {
    const seen = new Set<string | undefined>();
    const registry = await connected(
      (response, request) => {
        seen.add(request.headers.authorization);
        say(response, 404, { error_code: 40403, message: 'Schema not found' });
      },
      { auth: { username: 'ann', password: 'sécret' } },
    );
    await registry.ensure([500]);

    expect([...seen]).toEqual([`Basic ${Buffer.from('ann:sécret').toString('base64')}`]);
  });
});

describe('what a registry refuses', () => {
  it("is told in the words that Confluent's registry has for people", async () => {
    const message =
      'Schema being registered is incompatible with an earlier schema for subject "x", details: ' +
      "[{errorType:'READER_FIELD_MISSING_DEFAULT_VALUE', description:'The field 'place' at path '/fields/2' in the new " +
      "schema has no default value and is missing in the old schema', additionalInfo:'place'}, {oldSchemaVersion: 1}, " +
      `{oldSchema: '{"type":"record"}'}, {validateFields: 'false', compatibility: 'BACKWARD_TRANSITIVE'}]`;
    const thrown = await failure(
      connectTo((response, { method }) => {
        if (method === 'GET') say(response, 200, { compatibilityLevel: 'BACKWARD_TRANSITIVE' });
        else say(response, 409, { error_code: 409, message });
      }),
    );

    expect(thrown).toMatchObject({
      message:
        'subject lead.events-leadstream.LeadEvent at the schema registry holds a schema that this version of Leadstream ' +
        "cannot read: The field 'place' at path '/fields/2' in the new schema has no default value and is missing in the " +
        'old schema; start the version that registered it, or give what was added here a default',
    });
  });

  it('for good is no outage', async () => {
    const thrown = await failure(
      connectTo((response, { method }) => {
        if (method === 'GET') say(response, 404, { error_code: 40408, message: 'None' });
        else say(response, 422, { error_code: 42205, message: 'Subject x is in read-only mode' });
      }),
    );

    expect(thrown).not.toBeInstanceOf(FlowError);
    expect(thrown).toMatchObject({
      message: `the schema registry at ${server.url} refuses to register lead.events-leadstream.LeadEvent: Subject x is in read-only mode`,
    });
  });
});

describe('schemas that are not Avro', () => {
  it.each([
    ['JSON', '{"type":"record","name":"Tick","fields":[]}'],
    ['PROTOBUF', 'syntax = "proto3"; message Tick { int64 seq = 1; }'],
    ['AVRO', 'no JSON'],
    ['AVRO', '"string"'],
  ])('%s: %s', async (schemaType, schema) => {
    const registry = await connected((response) => say(response, 200, { schemaType, schema }));

    await registry.ensure([500]);

    expect(createCodec(registry).decode(Buffer.from([0, 0, 0, 1, 244, 0]))).toMatchObject({
      reason: 'schema 500 is no Avro record',
    });
  });
});

describe('a registry that gives the same schema an id in each subject', () => {
  it('is read by any of them, and written with one', async () => {
    const registry = await connected(html(404));
    const tick = selfContained('Tick', RECORD_SCHEMAS);

    const ids = Array.from({ length: 30 }, (_, id) => id).filter(
      (id) => JSON.stringify(registry.schemaOf(id)) === JSON.stringify(tick),
    );
    expect(ids).toHaveLength(3);
    expect(registry.idOf('Tick')).toBe(ids[0]);
  });
});

describe('addresses', () => {
  it('may have a path', async () => {
    server = await impostor((_request, response) => say(response, 200, { id: 1 }));
    const registry = await connectRegistry({
      url: `${server.url}/registry/`,
      prefix: '',
      register: false,
      clock: handClock(),
    });
    opened.push(registry);
    await failure(registry.ensure([500]));

    expect(server.asked[0]).toBe('POST /registry/subjects/lead.events-leadstream.LeadEvent');
    expect(server.asked.at(-1)).toBe('GET /registry/schemas/ids/500');
  });

  it.each([
    ['registry:8081', /begins with registry:/],
    ['', /is no URL; write https:\/\/HOST:PORT/],
    ['ftp://registry', /must be http:\/\/ or https:\/\//],
  ])('%j is refused at once', async (url, message) => {
    server = await impostor(() => {});

    await expect(connectRegistry({ url, prefix: '', register: true, clock: handClock() })).rejects.toThrow(message);
  });

  it('with certificates must be https', async () => {
    server = await impostor(() => {});

    await expect(
      connectRegistry({ url: server.url, tls: { ca: 'PEM' }, prefix: '', register: true, clock: handClock() }),
    ).rejects.toThrow(/write https:/);
  });
});
