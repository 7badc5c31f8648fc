import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Codec, createCodec } from '#lib/avro/codec';
import { createRegistry, type SchemaRegistry } from '#lib/avro/registry';
import { type AvroSchema, RECORD_SCHEMAS, type RecordSchemas, selfContained } from '#lib/avro/schema';
import { Undecodable } from '#lib/flow/log';
import type { ModelSubmitted } from '#schemas/generated/records';
import type { AnyMessage } from '#schemas/topics';
import { arbitraryRecord } from '#test/contracts/arbitraries';
import { activity, deadLetterMessage, staged } from '#test/contracts/messages';

const registry = createRegistry(RECORD_SCHEMAS);
const codec = createCodec(registry);

function message(type: string, value: unknown): AnyMessage {
  return { type, value } as AnyMessage;
}

function submitted(files: Readonly<Record<string, string>>): ModelSubmitted {
  return { model_version: '1', files, received_at: 0, own_time: false, import_id: null };
}

function withPlace(schemas: RecordSchemas, place: object): RecordSchemas {
  const tick = schemas.Tick;
  if (tick === undefined) throw new Error('no schema named Tick');
  return { ...schemas, Tick: { ...tick, fields: [...tick.fields, { name: 'place', type: 'string', ...place }] } };
}

/** Knows one record, with one field. */
function noteCodec(text: AvroSchema): Codec {
  const schemas: RecordSchemas = { Note: { type: 'record', name: 'Note', fields: [{ name: 'text', type: text }] } };
  return createCodec(createRegistry(schemas), schemas);
}

/** Knows the present schemas by the registry's ids and older ones by ids from 100 on. */
function registryWith(schemas: RecordSchemas, older: readonly unknown[]): SchemaRegistry {
  const present = createRegistry(schemas);
  return { idOf: present.idOf, schemaOf: (id) => (id >= 100 ? older[id - 100] : present.schemaOf(id)) };
}

function withId(bytes: Uint8Array, id: number): Uint8Array {
  const copy = Buffer.from(bytes);
  copy.writeUInt32BE(id, 1);
  return copy;
}

describe('every record comes back as it was', () => {
  it.each(Object.keys(RECORD_SCHEMAS))('%s', (name) => {
    fc.assert(
      fc.property(arbitraryRecord(name), (value) => {
        const decoded = codec.decode(codec.encode(message(name, value)));
        expect(isDeepStrictEqual(decoded, { type: name, value })).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  it('keeps nulls, and bytes as a Uint8Array of their own memory', () => {
    const encoded = codec.encode(deadLetterMessage(7, 3));
    const decoded = codec.decode(encoded);
    encoded.fill(0);

    expect(decoded).toStrictEqual(deadLetterMessage(7, 3));
  });

  it('takes a message larger than its buffer', () => {
    const large = deadLetterMessage(1, 3_000_000);

    expect(isDeepStrictEqual(codec.decode(codec.encode(large)), large)).toBe(true);
  });
});

describe('the wire format', () => {
  it('is a zero byte, the id of the schema in 4 bytes big-endian, and Avro binary', () => {
    const bytes = codec.encode({
      type: 'Tick',
      value: { seq: 1, logged_at: 64, own_time: false, identity_key: null, import_id: null },
    });

    expect([...bytes]).toEqual([0, 0, 0, 0, registry.idOf('Tick'), 2, 0x80, 1, 0, 0, 0]);
  });

  it('reads the index of a union also from more bytes than it needs', () => {
    const note = noteCodec(['null', 'string']);
    const header = note.encode(message('Note', { text: null })).subarray(0, -1);

    expect(note.decode(Buffer.from([...header, 0x80, 0]))).toStrictEqual(message('Note', { text: null }));
    expect(note.decode(Buffer.from([...header, 0x82, 0, 2, 97]))).toStrictEqual(message('Note', { text: 'a' }));
  });

  it('reads short texts as their bytes say, whatever was read before', () => {
    const note = noteCodec('string');
    const header = note.encode(message('Note', { text: '' })).subarray(0, -1);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2 }), (text) => {
        const bytes = Buffer.from([...header, 2 * text.length, ...text]);
        expect(note.decode(bytes)).toStrictEqual(message('Note', { text: Buffer.from(text).toString('utf8') }));
      }),
      { numRuns: 5000 },
    );
  });
});

describe('schemas change', () => {
  const old = codec.encode({
    type: 'Tick',
    value: { seq: 5, logged_at: 6, own_time: false, identity_key: null, import_id: null },
  });

  it('a reader of a schema with a new field reads the old bytes and takes the default', () => {
    const schemas = withPlace(RECORD_SCHEMAS, { default: 'nowhere' });
    const newer = createCodec(registryWith(schemas, [selfContained('Tick', RECORD_SCHEMAS)]), schemas);

    expect(newer.decode(withId(old, 100))).toStrictEqual({
      type: 'Tick',
      value: { seq: 5, logged_at: 6, own_time: false, identity_key: null, import_id: null, place: 'nowhere' },
    });
  });

  it('a reader of the schema before reads the new bytes and leaves the field out', () => {
    const schemas = withPlace(RECORD_SCHEMAS, { default: 'nowhere' });
    const newer = createCodec(createRegistry(schemas), schemas);
    const bytes = newer.encode(message('Tick', { seq: 5, logged_at: 6, place: 'here' }));
    const reader = createCodec(registryWith(RECORD_SCHEMAS, [selfContained('Tick', schemas)]));

    expect(reader.decode(withId(bytes, 100))).toStrictEqual({
      type: 'Tick',
      value: { seq: 5, logged_at: 6, own_time: false, identity_key: null, import_id: null },
    });
  });

  it('a record nested in another one is read with its own change', () => {
    const personal = RECORD_SCHEMAS.Personal;
    if (personal === undefined) throw new Error('no schema named Personal');
    const schemas = {
      ...RECORD_SCHEMAS,
      Personal: {
        ...personal,
        fields: [...personal.fields, { name: 'phone', type: ['null', 'string'], default: null }],
      },
    };
    const newer = createCodec(registryWith(schemas, [selfContained('Staged', RECORD_SCHEMAS)]), schemas);
    const decoded = newer.decode(withId(codec.encode(message('Staged', staged(3))), 100));

    expect(decoded).toMatchObject({
      value: { facts: { personal: { phone: null } }, scored: { activity: { personal: { phone: null } } } },
    });
  });

  it('a change without a default makes the old bytes undecodable, with the reason', () => {
    const schemas = withPlace(RECORD_SCHEMAS, {});
    const newer = createCodec(registryWith(schemas, [selfContained('Tick', RECORD_SCHEMAS)]), schemas);

    expect(newer.decode(withId(old, 100))).toMatchObject({ reason: expect.stringContaining('place') });
  });

  it('a changed comment is no new schema', () => {
    const tick = RECORD_SCHEMAS.Tick;
    if (tick === undefined) throw new Error('no schema named Tick');

    expect(selfContained('Tick', { ...RECORD_SCHEMAS, Tick: { ...tick, doc: 'other words' } })).toEqual(
      selfContained('Tick', RECORD_SCHEMAS),
    );
  });
});

describe('bytes that no schema can read', () => {
  it.each([
    ['nothing', []],
    ['another first byte', [1, 0, 0, 0, 1, 0]],
    ['a header cut off', [0, 0, 0]],
    ['an unknown id', [0, 0, 0, 99, 1, 0]],
  ])('%s is undecodable with the bytes and a reason', (_case, bytes) => {
    const decoded = codec.decode(Uint8Array.from(bytes));

    expect(decoded).toBeInstanceOf(Undecodable);
    expect(decoded).toMatchObject({ bytes: Uint8Array.from(bytes), reason: expect.stringMatching(/id/) });
  });

  it('a record cut off anywhere, or with something after it, is undecodable', () => {
    const bytes = codec.encode(message('Staged', staged(1)));

    for (let size = 0; size < bytes.length; size++) {
      expect(codec.decode(bytes.subarray(0, size))).toBeInstanceOf(Undecodable);
    }
    expect(codec.decode(Buffer.concat([bytes, Buffer.of(0)]))).toBeInstanceOf(Undecodable);
  });

  it('any bytes at all give a message or a reason, never an error', () => {
    const types = Object.keys(RECORD_SCHEMAS);
    fc.assert(
      fc.property(fc.constantFrom(...types), fc.uint8Array({ maxLength: 300 }), (type, tail) => {
        const header = Buffer.alloc(5);
        header.writeUInt32BE(registry.idOf(type), 1);
        const decoded = codec.decode(Buffer.concat([header, tail]));
        expect(decoded instanceof Undecodable || decoded.type === type).toBe(true);
      }),
    );
  });

  it('a record with any byte changed gives a message or a reason, never an error', () => {
    const bytes = codec.encode(message('Staged', staged(1)));
    fc.assert(
      fc.property(fc.nat(bytes.length - 6), fc.nat(255), (at, byte) => {
        const changed = Uint8Array.from(bytes);
        changed[at + 5] = byte;
        const decoded = codec.decode(changed);
        expect(decoded instanceof Undecodable || decoded.type === 'Staged').toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('a count of items that are not there is refused at once', () => {
    const empty = codec.encode(message('ModelSubmitted', { ...submitted({}), model_version: '' }));
    const huge = Buffer.concat([empty.subarray(0, 6), Buffer.from([0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f])]);

    expect(codec.decode(huge)).toBeInstanceOf(Undecodable);
  });
});

describe('values that do not fit', () => {
  it('a value that is not of its schema is refused, naming the value', () => {
    expect(() => codec.encode(message('Tick', { seq: 'one', logged_at: 0 }))).toThrow(/one/);
    expect(() => codec.encode(message('Activity', { ...activity(1), lead_id: 7 }))).toThrow(/7/);
    expect(() => codec.encode(message('Activity', { ...activity(1), title: 7 }))).toThrow(/7/);
    expect(() => codec.encode(message('Staged', { ...staged(1), scored: 'text' }))).toThrow(/long/);
    expect(() => codec.encode(message('ModelSubmitted', { ...submitted({}), files: ['a'] }))).toThrow(/a/);
    expect(() => codec.encode(message('Tock', {}))).toThrow('there is no schema named Tock');
  });
});
