import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCodec } from '#lib/avro/codec';
import { RECORD_SCHEMAS, type RecordSchemas, selfContained } from '#lib/avro/schema';
import { FlowError } from '#lib/flow/errors';
import { handClock } from '#lib/log/kafka/registry/given';
import { connectRegistry, type KafkaSchemaRegistry, type RegistryOptions } from '#lib/log/kafka/registry/registry';
import { subjectsOf } from '#lib/log/kafka/registry/subjects';
import type { AnyMessage } from '#schemas/topics';
import { type TestFolder, testFolder } from '#test/contracts/folder';
import { staged } from '#test/contracts/messages';
import { event } from '#test/given/event';
import { type Registry, startRegistry } from '../../../../infra/kafka/registry/registry.ts';

const TICK: AnyMessage = {
  type: 'Tick',
  value: { seq: 1, logged_at: 2, own_time: false, identity_key: null, import_id: null },
};
const TICKS = 'lead.activity-leadstream.Tick';

let folder: TestFolder;
let server: Registry;
const opened: KafkaSchemaRegistry[] = [];

beforeEach(async () => {
  folder = testFolder();
  server = await start(0);
});

afterEach(async () => {
  for (const registry of opened.splice(0)) registry.close();
  await server.close();
  folder.remove();
});

/** The test's registry, with all it was ever told. */
function start(port: number): Promise<Registry> {
  return startRegistry({ port, file: join(folder.dir, 'registry') });
}

async function connect(options: Partial<RegistryOptions> = {}): Promise<KafkaSchemaRegistry> {
  const registry = await connectRegistry({
    url: server.url,
    prefix: '',
    register: true,
    clock: handClock(),
    retry: { attempts: 1, pause: 0 },
    ...options,
  });
  opened.push(registry);
  return registry;
}

async function ask(method: string, path: string, body?: object): Promise<unknown> {
  const response = await fetch(`${server.url}${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
  });
  return response.json();
}

async function post(subject: string, schema: unknown, references?: readonly object[]): Promise<number> {
  const answer = await ask('POST', `/subjects/${subject}/versions`, { schema: JSON.stringify(schema), references });
  expect(answer).toEqual({ id: expect.any(Number) });
  return (answer as { id: number }).id;
}

function tickWith(field: object): RecordSchemas {
  const tick = RECORD_SCHEMAS.Tick;
  if (tick === undefined) throw new Error('no schema named Tick');
  return {
    ...RECORD_SCHEMAS,
    Tick: { ...tick, fields: [...tick.fields, { name: 'place', type: 'string', ...field }] },
  };
}

function failure(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => {
      throw new Error('it should have failed');
    },
    (thrown: unknown) => thrown,
  );
}

describe('connecting to a registry', () => {
  it('registers the schema of each record that each topic carries, compatible with all before it', async () => {
    await connect({ prefix: 'eu.' });

    const subjects = subjectsOf('eu.').map(({ name }) => name);
    expect(await ask('GET', '/subjects')).toEqual(subjects.toSorted());
    for (const subject of subjects) {
      expect(await ask('GET', `/config/${subject}`)).toEqual({ compatibilityLevel: 'BACKWARD_TRANSITIVE' });
    }
  });

  it('gives a record one id in all topics, and the same one each time', async () => {
    const first = await connect();
    const again = await connect();
    const elsewhere = await connect({ prefix: 'eu.' });

    for (const { name, type } of subjectsOf('')) {
      expect(await ask('GET', `/subjects/${name}/versions/1`)).toMatchObject({ id: first.idOf(type) });
      expect(again.idOf(type)).toBe(first.idOf(type));
      expect(elsewhere.idOf(type)).toBe(first.idOf(type));
    }
    expect(await ask('GET', `/subjects/${TICKS}/versions`)).toEqual([1]);
  });

  it('knows the schemas of this version by id, and no id for a record that is only part of others', async () => {
    const registry = await connect();

    expect(registry.schemaOf(registry.idOf('Tick'))).toEqual(selfContained('Tick', RECORD_SCHEMAS));
    expect(() => registry.idOf('Personal')).toThrow('no topic carries a Personal');
  });

  it('what one instance writes, another one reads', async () => {
    const writer = createCodec(await connect());
    const reader = createCodec(await connect({ register: false }));

    for (const message of [TICK, { type: 'Staged', value: staged(1) } as const]) {
      expect(reader.decode(writer.encode(message))).toStrictEqual(message);
    }
  });
});

describe('schemas change', () => {
  it('a newer version registers its own; the older one keeps its id and reads what the newer one wrote', async () => {
    const older = await connect();
    const newer = await connect({ schemas: tickWith({ default: 'nowhere' }) });
    const olderAgain = await connect();
    expect(newer.idOf('Tick')).not.toBe(older.idOf('Tick'));
    expect(olderAgain.idOf('Tick')).toBe(older.idOf('Tick'));

    const message = {
      type: 'Tick',
      value: { seq: 1, logged_at: 2, own_time: false, identity_key: null, import_id: null, place: 'here' },
    } as const;
    const bytes = createCodec(newer, tickWith({ default: 'nowhere' })).encode(message);
    const reader = createCodec(older);
    expect(reader.decode(bytes)).toMatchObject({ reason: `unknown schema id ${newer.idOf('Tick')}` });
    await older.ensure([newer.idOf('Tick')]);
    expect(reader.decode(bytes)).toStrictEqual(TICK);
  });

  it('one that cannot read what is there is an error of one line: the subject, the reason, what to do', async () => {
    await connect();

    const thrown = await failure(connect({ schemas: tickWith({}) }));

    expect(thrown).not.toBeInstanceOf(FlowError);
    expect(thrown).toMatchObject({
      message: expect.stringMatching(
        /^subject lead\.activity-leadstream\.Tick at the schema registry holds a schema that .* cannot read: .*place.*; start the version that registered it, .*$/,
      ),
    });
  });

  it.each(['NONE', 'BACKWARD', 'FORWARD_TRANSITIVE'])(
    'a subject that somebody set to %s is an error',
    async (level) => {
      await ask('PUT', `/config/${TICKS}`, { compatibility: level });

      await expect(connect()).rejects.toThrow(
        `the schema registry keeps subject ${TICKS} with compatibility ${level}; set it to BACKWARD_TRANSITIVE there`,
      );
      expect(await ask('GET', `/config/${TICKS}`)).toEqual({ compatibilityLevel: level });
    },
  );

  it('a subject that somebody set to FULL_TRANSITIVE stays so', async () => {
    await ask('PUT', `/config/${TICKS}`, { compatibility: 'FULL_TRANSITIVE' });

    await connect();

    expect(await ask('GET', `/config/${TICKS}`)).toEqual({ compatibilityLevel: 'FULL_TRANSITIVE' });
  });
});

describe('an instance that may not register', () => {
  it('says all that is missing, and writes nothing', async () => {
    await post(TICKS, selfContained('Tick', RECORD_SCHEMAS));

    const thrown = await failure(connect({ register: false }));

    expect(thrown).toMatchObject({ message: expect.stringContaining('lead.events-leadstream.LeadEvent, ') });
    expect(thrown).toMatchObject({ message: expect.not.stringContaining(TICKS) });
    expect(await ask('GET', '/subjects')).toEqual([TICKS]);
  });

  it('says so if there is another version than its own', async () => {
    await connect();

    await expect(connect({ register: false, schemas: tickWith({ default: '' }) })).rejects.toThrow(
      `lacks this version's schemas of ${TICKS}, lead.scores-leadstream.Tick, lead.stages-leadstream.Tick; `,
    );
  });
});

describe('what other publishers registered', () => {
  it('is read with the present schema', async () => {
    const registry = await connect();
    const codec = createCodec(registry);
    const { fields } = selfContained('Tick', RECORD_SCHEMAS);
    const id = await post('ticks-of-acme', {
      type: 'record',
      name: 'Tick',
      namespace: 'com.acme',
      doc: 'Ticks of our own.',
      fields: fields.toReversed(),
    });

    await registry.ensure([id]);

    expect(codec.decode(Buffer.from([0, 0, 0, 0, id, 0, 0, 0, 4, 2]))).toStrictEqual(TICK);
  });

  it('may refer to other schemas', async () => {
    const registry = await connect();
    const { fields } = selfContained('LeadEvent', RECORD_SCHEMAS);
    const personal = fields.find(({ name }) => name === 'personal');
    await post('personal', personal?.type);
    const id = await post(
      'events',
      {
        type: 'record',
        name: 'LeadEvent',
        namespace: 'com.acme',
        fields: fields.map((field) => (field === personal ? { ...field, type: 'leadstream.Personal' } : field)),
      },
      [{ name: 'leadstream.Personal', subject: 'personal', version: 1 }],
    );
    const codec = createCodec(registry);
    const message = event({ user: 'u1' });
    const bytes = Buffer.from(codec.encode(message));
    bytes.writeUInt32BE(id, 1);

    await registry.ensure([id]);

    expect(id).not.toBe(registry.idOf('LeadEvent'));
    expect(codec.decode(bytes)).toStrictEqual(message);
  });

  it('an id that does not exist makes a record undecodable', async () => {
    const registry = await connect();

    await registry.ensure([4711]);

    expect(createCodec(registry).decode(Buffer.from([0, 0, 0, 0x12, 0x67, 0]))).toMatchObject({
      reason: 'unknown schema id 4711',
    });
  });
});

describe('an outage', () => {
  it('while records wait for their schemas is retriable, and over when the registry is back', async () => {
    const registry = await connect();
    const { port } = new URL(server.url);
    await server.close();

    const thrown = await failure(registry.ensure([registry.idOf('Tick'), 99]));
    expect(thrown).toBeInstanceOf(FlowError);
    expect(thrown).toMatchObject({ code: 'outage', retriable: true, message: expect.stringContaining(server.url) });
    await expect(registry.ensure([registry.idOf('Tick')])).resolves.toBeUndefined();

    server = await start(Number(port));
    const id = await post('notes', { type: 'record', name: 'Note', fields: [] });
    await registry.ensure([id, 99]);
    expect(registry.schemaOf(id)).toEqual({ type: 'record', name: 'Note', fields: [] });
    expect(registry.schemaOf(99)).toBeUndefined();
  });

  it('at the start is met by a few attempts, then it is an error that names the address', async () => {
    await server.close();
    const clock = handClock();

    const thrown = await failure(connect({ clock, retry: { attempts: 3, pause: 250 } }));

    expect(thrown).toMatchObject({ code: 'outage', retriable: true, message: expect.stringContaining(server.url) });
    expect(thrown).toMatchObject({ message: expect.stringContaining('ECONNREFUSED') });
    expect(clock.slept).toEqual([250, 250]);
  });

  it('that ends while it connects goes unnoticed', async () => {
    const { port } = new URL(server.url);
    await server.close();
    const clock = {
      now: () => 0,
      sleep: async () => {
        server = await start(Number(port));
      },
    };

    const registry = await connect({ clock, retry: { attempts: 2, pause: 1 } });

    expect(registry.idOf('Tick')).toBeGreaterThan(0);
  });
});
