import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { COMPATIBILITY, SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import { expect, inject, onTestFinished, test } from 'vitest';
import { startRegistry } from '../../infra/kafka/registry/registry.ts';

const FIELD = { name: 'id', type: 'string' };
const lead = (...fields: object[]) => ({ type: 'record', name: 'Lead', namespace: 'test', fields: [FIELD, ...fields] });
const OPTIONAL = { name: 'mail', type: ['null', 'string'], default: null };
const NEEDED = { name: 'mail', type: 'string' };

const { BACKWARD_TRANSITIVE } = COMPATIBILITY;

function confluent(schema: object) {
  return { type: SchemaType.AVRO as const, schema: JSON.stringify(schema) };
}

/** Requests are not repeated: answers are what is tested. */
function clientOf(host: string): SchemaRegistry {
  return new SchemaRegistry({ host, retry: { retries: 0 } });
}

async function start(file?: string): Promise<string> {
  const registry = await startRegistry({ port: 0, ...(file !== undefined && { file }) });
  onTestFinished(() => registry.close());
  return registry.url;
}

async function ask(url: string, method = 'GET', body?: unknown): Promise<{ status: number; body: unknown }> {
  const headers = { 'content-type': 'application/vnd.schemaregistry.v1+json' };
  const answer = await fetch(url, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
  expect(answer.headers.get('content-type')).toMatch(/^application\/vnd\.schemaregistry\.v1\+json/);
  return { status: answer.status, body: await answer.json() };
}

const posted = (schema: object) => ({ schema: JSON.stringify(schema) });

test('a schema has one id, in every subject, however often it is registered and its attributes are ordered', async () => {
  const client = clientOf(inject('kafka').registry);
  const options = (subject: string) => ({ subject, compatibility: BACKWARD_TRANSITIVE });
  const { id } = await client.register(confluent(lead()), options('same-one'));
  expect(await client.register(confluent(lead()), options('same-one'))).toEqual({ id });
  expect(await client.register(confluent(lead()), options('same-two'))).toEqual({ id });
  const { namespace, fields, name, type } = lead();
  expect(await client.register(confluent({ fields, name, namespace, type }), options('same-two'))).toEqual({ id });
  expect(await client.getLatestSchemaId('same-two')).toBe(id);
  expect(await client.getRegistryId('same-two', 1)).toBe(id);
  expect(await client.getRegistryIdBySchema('same-two', confluent(lead()))).toBe(id);
});

test('what one client encodes another one decodes, with the schema that the id names', async () => {
  const host = await start();
  const writer = clientOf(host);
  const { id } = await writer.register(confluent(lead(OPTIONAL)), { subject: 'wire' });
  const bytes = await writer.encode(id, { id: 'l1', mail: 'a@b.c' });
  expect(await clientOf(host).decode(bytes)).toEqual({ id: 'l1', mail: 'a@b.c' });
});

test('an incompatible schema is refused with 409 and the reason, and changes nothing', async () => {
  const host = await start();
  const client = clientOf(host);
  const options = { subject: 'strict', compatibility: BACKWARD_TRANSITIVE };
  await client.register(confluent(lead(OPTIONAL)), options);
  await client.register(confluent(lead()), options);
  // readable from the latest version, which has no mail, and not from the first, whose mail may be null
  const next = lead({ ...NEEDED, default: '' });
  const refusal = expect(client.register(confluent(next), options)).rejects;
  await refusal.toMatchObject({ status: 409, message: expect.stringContaining('incompatible with an earlier schema') });
  expect(await ask(`${host}/subjects/strict/versions`)).toEqual({ status: 200, body: [1, 2] });
  expect(await ask(`${host}/subjects/strict/versions`, 'POST', posted(next))).toMatchObject({
    status: 409,
    body: { error_code: 409, message: expect.stringContaining('cannot read') },
  });
});

test.each([
  ['NONE', lead(), lead(NEEDED), true],
  ['BACKWARD', lead(), lead(NEEDED), false],
  ['BACKWARD', lead(NEEDED), lead(), true],
  ['FORWARD', lead(), lead(NEEDED), true],
  ['FORWARD', lead(NEEDED), lead(), false],
  ['FULL', lead(NEEDED), lead(), false],
  ['FULL', lead(), lead(NEEDED), false],
  ['FULL_TRANSITIVE', lead(), lead(OPTIONAL), true],
])('under %s, %j may be followed by %j: %s', async (compatibility, old, next, may) => {
  const host = await start();
  await ask(`${host}/config/s`, 'PUT', { compatibility });
  await ask(`${host}/subjects/s/versions`, 'POST', posted(old));
  for (const version of ['/latest', '/1', ''])
    expect(await ask(`${host}/compatibility/subjects/s/versions${version}`, 'POST', posted(next))).toMatchObject({
      status: 200,
      body: { is_compatible: may },
    });
  expect((await ask(`${host}/subjects/s/versions`, 'POST', posted(next))).status).toBe(may ? 200 : 409);
});

test('what is unknown or invalid is answered with the code of the real registry', async () => {
  const host = await start();
  await ask(`${host}/subjects/s/versions`, 'POST', posted(lead()));
  const cases: [number, number, string, string, unknown?][] = [
    [404, 40401, 'GET', '/subjects/none/versions'],
    [404, 40401, 'GET', '/subjects/none/versions/latest'],
    [404, 40401, 'POST', '/subjects/none', posted(lead())],
    [404, 40402, 'GET', '/subjects/s/versions/2'],
    [404, 40403, 'POST', '/subjects/s', posted(lead(OPTIONAL))],
    [404, 40403, 'GET', '/schemas/ids/99'],
    [404, 40408, 'GET', '/config/s'],
    [404, 404, 'GET', '/nothing'],
    [422, 42201, 'POST', '/subjects/s/versions', posted({ type: 'record', name: 'X' })],
    [422, 42201, 'POST', '/subjects/s/versions', { schema: '{' }],
    [422, 42201, 'POST', '/subjects/s/versions', { schema: 'message X {}', schemaType: 'PROTOBUF' }],
    [422, 42202, 'GET', '/subjects/s/versions/first'],
    [422, 42203, 'PUT', '/config/s', { compatibility: 'SOMETIMES' }],
  ];
  for (const [status, code, method, path, body] of cases)
    expect([path, await ask(`${host}${path}`, method, body)]).toMatchObject([
      path,
      { status, body: { error_code: code, message: expect.any(String) } },
    ]);
  await expect(clientOf(host).getSchema(99)).rejects.toMatchObject({ status: 404 });
});

test('a schema may use the types of another subject', async () => {
  const client = clientOf(await start());
  await client.register(confluent(lead()), { subject: 'lead' });
  const owner = { type: 'record', name: 'Owner', namespace: 'test', fields: [{ name: 'lead', type: 'test.Lead' }] };
  const references = [{ name: 'test.Lead', subject: 'lead', version: 1 }];
  const { id } = await client.register({ ...confluent(owner), references }, { subject: 'owner' });
  const bytes = await client.encode(id, { lead: { id: 'l1' } });
  expect(await client.decode(bytes)).toEqual({ lead: { id: 'l1' } });
});

test('what was registered survives a restart, also one that cut off the last line', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'leadstream-registry-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const file = join(dir, 'registry.jsonl');
  const first = await startRegistry({ port: 0, file });
  const options = { subject: 'kept', compatibility: BACKWARD_TRANSITIVE };
  const { id } = await clientOf(first.url).register(confluent(lead()), options);
  await first.close();
  await appendFile(file, '{"type":"ver');

  const host = await start(file);
  expect(await ask(`${host}/subjects`)).toEqual({ status: 200, body: ['kept'] });
  expect(await ask(`${host}/config/kept`)).toEqual({ status: 200, body: { compatibilityLevel: BACKWARD_TRANSITIVE } });
  expect(await ask(`${host}/config`)).toEqual({ status: 200, body: { compatibilityLevel: 'BACKWARD' } });
  expect(await clientOf(host).register(confluent(lead()), options)).toEqual({ id });
  const other = await clientOf(host).register(confluent(lead(OPTIONAL)), options);
  expect(other.id).toBe(id + 1);
});
