import avsc from 'avsc';
import { describe, expect, it } from 'vitest';
import { createCodec } from '#lib/avro/codec';
import { createRegistry } from '#lib/avro/registry';
import { RECORD_SCHEMAS, selfContained } from '#lib/avro/schema';
import { Undecodable } from '#lib/flow/log';
import type { LeadEvent } from '#schemas/generated/records';
import type { AnyMessage } from '#schemas/topics';

const OWN = createRegistry(RECORD_SCHEMAS);
const WRITER_ID = 1000;

const EVENT: LeadEvent = {
  event_id: 'e1',
  publisher: 'shop',
  name: 'page_viewed',
  occurred_at: 1_750_000_000_123,
  received_at: 1_750_000_000_456,
  clamped: false,
  content_hash: '',
  import_id: null,
  own_time: false,
  url: 'https://acme.example/pricing',
  path: null,
  referrer: null,
  title: null,
  source: null,
  medium: null,
  campaign: null,
  properties: '{}',
  context: '{}',
  personal: {
    user_id: 'u1',
    email: 'ann@acme.example',
    anonymous_id: null,
    ip: null,
    user_agent: null,
    traits: '{}',
  },
};

interface Field {
  readonly name: string;
  readonly type: unknown;
  readonly [attribute: string]: unknown;
}

/** The codec's answer to a value that a publisher wrote with its own schema. */
function readFrom(schema: unknown, value: unknown): AnyMessage | Undecodable {
  const json = JSON.stringify(schema);
  const body = avsc.Type.forSchema(JSON.parse(json), { wrapUnions: 'never' }).toBuffer(value);
  return readBytes(schema, body);
}

function readBytes(schema: unknown, body: Uint8Array): AnyMessage | Undecodable {
  const codec = createCodec({ idOf: OWN.idOf, schemaOf: (id) => (id === WRITER_ID ? schema : OWN.schemaOf(id)) });
  const header = Buffer.alloc(5);
  header.writeUInt32BE(WRITER_ID, 1);
  return codec.decode(Buffer.concat([header, body]));
}

function fieldsOf(type: string): Field[] {
  return JSON.parse(JSON.stringify(selfContained(type, RECORD_SCHEMAS).fields));
}

/** The present schema of LeadEvent with its fields changed. */
function leadEvent(change: (fields: Field[]) => readonly Field[], namespace = 'leadstream'): object {
  return { type: 'record', name: 'LeadEvent', namespace, fields: change(fieldsOf('LeadEvent')) };
}

const asWritten = { type: 'LeadEvent', value: EVENT };

describe('a publisher writes LeadEvent with a schema of its own', () => {
  it('in which nothing differs but docs, attributes of its language and the spelling of types', () => {
    const schema = leadEvent((fields) =>
      fields.map((field) => ({
        ...field,
        doc: `Java's ${field.name}.`,
        order: 'ignore',
        ...(field.type === 'string' ? { type: { type: 'string', 'avro.java.string': 'String' } } : {}),
      })),
    );

    expect(readFrom(schema, EVENT)).toStrictEqual(asWritten);
  });

  it('with the fields in another order', () => {
    expect(
      readFrom(
        leadEvent((fields) => fields.reverse()),
        EVENT,
      ),
    ).toStrictEqual(asWritten);
  });

  it('in a namespace of its own, and with the full name in place of name and namespace', () => {
    const own = leadEvent((fields) => fields, 'com.acme.events');
    const fields = fieldsOf('LeadEvent');

    expect(readFrom(own, EVENT)).toStrictEqual(asWritten);
    expect(readFrom({ type: 'record', name: 'leadstream.LeadEvent', fields }, EVENT)).toStrictEqual(asWritten);
  });

  it('without the fields that have a default', () => {
    const schema = leadEvent((fields) => fields.filter((field) => !('default' in field)));

    expect(readFrom(schema, EVENT)).toStrictEqual({ ...asWritten, value: { ...EVENT, url: null } });
  });

  it('with a number or a union of its own where the present schema can take its values', () => {
    const schema = leadEvent((fields) =>
      fields.map((field) => {
        if (field.name === 'url') return { name: 'url', type: ['string', 'null'] };
        if (field.name === 'title') return { name: 'title', type: 'string' };
        if (field.name === 'received_at') return { name: 'received_at', type: 'int' };
        return field;
      }),
    );

    expect(readFrom(schema, { ...EVENT, title: 'Pricing', received_at: 5 })).toStrictEqual({
      ...asWritten,
      value: { ...EVENT, title: 'Pricing', received_at: 5 },
    });
  });

  it('with fields of any type that the present schema does not know', () => {
    const more: Field[] = [
      { name: 'shard', type: { type: 'enum', name: 'Shard', symbols: ['EU', 'US'] } },
      { name: 'other_shard', type: ['null', 'Shard'], default: null },
      { name: 'digest', type: { type: 'fixed', name: 'Digest', namespace: 'com.acme', size: 16 } },
      { name: 'digests', type: { type: 'array', items: 'com.acme.Digest' } },
      { name: 'price', type: { type: 'bytes', logicalType: 'decimal', precision: 9, scale: 2 } },
      { name: 'weights', type: { type: 'map', values: ['null', 'double'] } },
      {
        name: 'clicks',
        type: {
          type: 'record',
          name: 'Click',
          aliases: ['Tap'],
          fields: [
            { name: 'at', type: { type: 'long', logicalType: 'timestamp-micros' } },
            { name: 'next', type: ['null', 'Click'], default: null },
          ],
        },
      },
      { name: 'day', type: { type: 'int', logicalType: 'date' } },
    ];
    const value = {
      ...EVENT,
      shard: 'US',
      other_shard: 'EU',
      digest: Buffer.alloc(16, 1),
      digests: [Buffer.alloc(16, 2), Buffer.alloc(16, 3)],
      price: Buffer.from([1, 2]),
      weights: { a: 1.5, b: null },
      clicks: { at: 1, next: { at: 2, next: null } },
      day: 20_000,
    };

    expect(
      readFrom(
        leadEvent((fields) => [...more, ...fields]),
        value,
      ),
    ).toStrictEqual(asWritten);
    expect(
      readFrom(
        leadEvent((fields) => [...fields, ...more]),
        value,
      ),
    ).toStrictEqual(asWritten);
  });

  it('with unions that JavaScript cannot tell apart, in a field that the present schema does not know', () => {
    const schema = leadEvent((fields) => [{ name: 'amount', type: ['null', 'int', 'long', 'double'] }, ...fields]);
    const body = avsc.Type.forSchema(JSON.parse(JSON.stringify(leadEvent((fields) => fields)))).toBuffer(EVENT);

    expect(readBytes(schema, Buffer.concat([Buffer.from([4, 10]), body]))).toStrictEqual(asWritten);
  });

  it('with two types of the same name in different namespaces', () => {
    const inner = (namespace: string, type: string) => ({
      type: 'record',
      name: 'Place',
      namespace,
      fields: [{ name: 'x', type }],
    });
    const schema = leadEvent((fields) => [
      { name: 'from', type: inner('a', 'int') },
      { name: 'to', type: inner('b', 'string') },
      { name: 'over', type: 'a.Place' },
      ...fields,
    ]);

    expect(readFrom(schema, { ...EVENT, from: { x: 1 }, to: { x: 'here' }, over: { x: 2 } })).toStrictEqual(asWritten);
  });

  it('with a default that is not of its type, as older libraries let it pass', () => {
    const schema = leadEvent((fields) =>
      fields.map((field) => (field.name === 'url' ? { ...field, default: 'null' } : field)),
    );
    const body = avsc.Type.forSchema(JSON.parse(JSON.stringify(leadEvent((fields) => fields)))).toBuffer(EVENT);

    expect(readBytes(schema, body)).toStrictEqual(asWritten);
  });

  it('with a definition where the name of a type belongs, as Java takes it', () => {
    const schema = leadEvent((fields) =>
      fields.map((field) => (field.name === 'name' ? { name: 'name', type: { type: { type: 'string' } } } : field)),
    );
    const body = avsc.Type.forSchema(JSON.parse(JSON.stringify(leadEvent((fields) => fields)))).toBuffer(EVENT);

    expect(readBytes(schema, body)).toStrictEqual(asWritten);
  });
});

describe('a schema that cannot be read says why', () => {
  it.each([
    ['a schema of another language', { type: 'object', properties: {} }],
    ['no schema at all', null],
    ['a union', ['null', 'string']],
    ['a plain type', 'string'],
  ])('%s', (_case, schema) => {
    expect(readBytes(schema, Buffer.alloc(1))).toMatchObject({ reason: 'schema 1000 is no Avro record' });
  });

  it('a record that is none of ours', () => {
    const schema = { type: 'record', name: 'com.acme.Order', fields: [] };

    expect(readBytes(schema, Buffer.alloc(0))).toMatchObject({
      reason: 'schema 1000 is of com.acme.Order, which is no record of ours',
    });
  });

  it('a time in another unit, also one that may be null', () => {
    const inMicros = { type: 'long', logicalType: 'timestamp-micros' };
    for (const type of [inMicros, ['null', inMicros]]) {
      const schema = leadEvent((fields) =>
        fields.map((field) => (field.name === 'occurred_at' ? { name: 'occurred_at', type } : field)),
      );

      expect(readBytes(schema, Buffer.alloc(0))).toMatchObject({
        reason: expect.stringContaining('it has occurred_at in timestamp-micros, which must be timestamp-millis'),
      });
    }
  });

  it('a missing field, a type that cannot become ours, a type that is not defined', () => {
    const without = leadEvent((fields) => fields.filter((field) => field.name !== 'publisher'));
    const retyped = leadEvent((fields) =>
      fields.map((field) => (field.name === 'clamped' ? { name: 'clamped', type: 'long' } : field)),
    );
    const undefinedType = leadEvent((fields) => [...fields, { name: 'more', type: 'com.acme.More' }]);

    expect(readBytes(without, Buffer.alloc(0))).toMatchObject({ reason: expect.stringContaining('publisher') });
    expect(readBytes(retyped, Buffer.alloc(0))).toMatchObject({ reason: expect.stringContaining('boolean') });
    expect(readBytes(undefinedType, Buffer.alloc(0))).toMatchObject({
      reason: expect.stringContaining('com.acme.More'),
    });
  });

  it('bytes of a record nested without end', () => {
    const schema = leadEvent((fields) => [
      {
        name: 'chain',
        type: { type: 'record', name: 'Chain', fields: [{ name: 'next', type: ['null', 'Chain'] }] },
      },
      ...fields,
    ]);
    const read = readBytes(schema, Buffer.alloc(200_000, 2));

    expect(read).toBeInstanceOf(Undecodable);
    expect(read).toMatchObject({ reason: expect.stringContaining('the bytes are no LeadEvent of schema 1000') });
  });
});
