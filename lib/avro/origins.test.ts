import { isDeepStrictEqual } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Codec, createCodec } from '#lib/avro/codec';
import { createRegistry } from '#lib/avro/registry';
import { isUnion, RECORD_SCHEMAS, type RecordSchemas, selfContained } from '#lib/avro/schema';
import { Undecodable } from '#lib/flow/log';
import type { Activity, Contribution, Scored } from '#schemas/generated/records';
import type { AnyMessage } from '#schemas/topics';
import { arbitraryRecord } from '#test/contracts/arbitraries';
import { arbitraryCorruption } from '#test/contracts/corrupted';
import { activity, deadLetterMessage, staged } from '#test/contracts/messages';

const registry = createRegistry(RECORD_SCHEMAS);
const codec = createCodec(registry);
const other = createCodec(registry);

/** Several messages in one buffer, as a fetch brings them. */
function pageOf(...messages: readonly Uint8Array[]): { readonly bytes: Buffer; readonly ends: readonly number[] } {
  let end = 0;
  return { bytes: Buffer.concat(messages), ends: messages.map(({ length }) => (end += length)) };
}

function read(
  page: { readonly bytes: Buffer; readonly ends: readonly number[] },
  n: number,
  by = codec,
): AnyMessage['value'] {
  const message = by.decode(page.bytes, page.ends[n - 1] ?? 0, page.ends[n]);
  if (message instanceof Undecodable) throw new Error(message.reason);
  return message.value;
}

function activities(...numbers: readonly number[]) {
  return pageOf(...numbers.map((n) => codec.encode({ type: 'Activity', value: activity(n) })));
}

function scoredWith(value: Activity): Scored {
  const { scored } = staged(1);
  if (scored === null) throw new Error('given a record with a score');
  return { ...scored, activity: value };
}

function encode(value: Activity, by: Codec = codec): Uint8Array {
  return by.encode({ type: 'Scored', value: scoredWith(value) });
}

/** Encoded without anything known of where it came from. */
function plainly(type: string, value: unknown): Uint8Array {
  return other.encode({ type, value: copyOf(value) } as AnyMessage);
}

/** A copy in which no object comes twice. */
function copyOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copyOf);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, copyOf(inner)]));
}

/** An int that is read of 33 bits cannot be written. */
function orRefused(encode: () => Uint8Array): Uint8Array | 'refused' {
  try {
    return encode();
  } catch {
    return 'refused';
  }
}

/** The records that may hold another one, with the field. */
const HOLDERS = Object.values(RECORD_SCHEMAS).flatMap(({ name, fields }) =>
  fields.flatMap((field) => {
    const inner = isUnion(field.type) ? String(field.type[1]).replace('leadstream.', '') : '';
    return inner in RECORD_SCHEMAS ? [[name, field.name, inner] as const] : [];
  }),
);

describe('a message around one that was read from a page', () => {
  it.each(HOLDERS)('%s.%s has the bytes that it has without: %s', (holder, field, inner) => {
    const body = (value: unknown) => codec.encode({ type: inner, value } as AnyMessage);
    fc.assert(
      fc.property(arbitraryRecord(holder), arbitraryRecord(inner), (around, value) => {
        const whole = { ...around, [field]: read(pageOf(body(value), body(value)), 1) };
        const encoded = codec.encode({ type: holder, value: whole } as unknown as AnyMessage);
        expect(isDeepStrictEqual(encoded, plainly(holder, whole))).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it.each(['Activity', 'Scored'])('has our bytes and not those of whoever wrote %s otherwise', (inner) => {
    const holder = inner === 'Activity' ? 'Scored' : 'Staged';
    let read = 0;
    fc.assert(
      fc.property(arbitraryRecord(inner), arbitraryCorruption(), (value, corrupt) => {
        const encoded = codec.encode({ type: inner, value } as AnyMessage);
        const bytes = Buffer.concat([encoded.subarray(0, 5), corrupt(encoded.subarray(5)), Buffer.alloc(1)]);
        const message = codec.decode(bytes, 0, bytes.length - 1);
        if (message instanceof Undecodable) return;
        read++;
        const around =
          inner === 'Activity' ? scoredWith(message.value as Activity) : { ...staged(1), scored: message.value };
        const copied = orRefused(() => codec.encode({ type: holder, value: around } as AnyMessage));
        expect(
          isDeepStrictEqual(
            copied,
            orRefused(() => plainly(holder, around)),
          ),
        ).toBe(true);
      }),
      { numRuns: 1000, endOnFailure: true },
    );
    expect(read).toBeGreaterThan(20);
  });

  it('is not written as long numbers, lists in blocks and texts without UTF-8 were', () => {
    const bytes = codec.encode({
      type: 'Activity',
      value: { ...activity(1), seq: 1, identifiers: ['ab', 'c'], context: '?' },
    });
    const hex = Buffer.from(bytes).toString('hex');
    for (const [ours, other] of [
      ['000102', '00018200'],
      ['04046162026300', '0204616202026300'],
      ['04046162026300', '030a046162026300'],
      ['023f', '02ff'],
    ] as const) {
      const changed = hex.replace(ours, other);
      expect(changed).not.toBe(hex);
      const value = read(pageOf(Buffer.from(changed, 'hex'), bytes), 0) as Activity;
      expect(encode(value)).toEqual(plainly('Scored', scoredWith(value)));
    }
  });

  it('is refused as ever if an int in it is none', () => {
    const bytes = codec.encode({ type: 'Scored', value: { ...scoredWith(activity(1)), seq: 1, step: 0 } });
    const large = Buffer.concat([bytes.subarray(0, 6), Buffer.from([0x80, 0x80, 0x80, 0x80, 0x40]), bytes.subarray(7)]);
    const scored = read(pageOf(large, bytes), 0) as Scored;

    expect(() => codec.encode({ type: 'Staged', value: { ...staged(1), scored } })).toThrow(/int/);
  });

  it('takes them from the page, whichever of several was read last', () => {
    const pages = [activities(1, 2, 3), activities(4, 5, 6)];
    const values = [0, 1, 2].flatMap((n) => pages.map((page) => read(page, n) as Activity));
    const plain = values.map((value) => plainly('Scored', scoredWith(value)));
    expect(values.map((value) => encode(value))).toEqual(plain);
    // That they are copied and not encoded again shows only when somebody breaks the rule that a page stays as it is.
    for (const { bytes, ends } of pages) bytes.write('LEAD', bytes.indexOf('lead-', ends[0]));
    const written = values.map((value) => Buffer.from(encode(value)).includes('LEAD'));
    expect(written).toEqual([false, false, true, true, false, false]);
  });
});

describe('a list', () => {
  it('has an item again as it has it alone, wherever the batch must grow', () => {
    const { score } = scoredWith(activity(1));
    const [first, second] = [
      { ...score.added[0], rule: 'é' },
      { ...score.added[0], rule: '' },
    ] as Contribution[];
    if (first === undefined || second === undefined) throw new Error('given a score with a contribution');
    const lists = { added: [first, first, second], removed: [second, first], reasons: [first, { ...first }] };
    const scored = { ...scoredWith(activity(1)), score: { ...score, ...lists } };
    const alone = plainly('Scored', scored);
    for (let size = 64_000; size < 65_600; size += 64) {
      const batch = codec.createBatch();
      batch.add(deadLetterMessage(1, size));
      const start = batch.end;
      batch.add({ type: 'Scored', value: scored });
      expect(Buffer.compare(batch.bytes.subarray(start, batch.end), alone)).toBe(0);
    }
  });

  it('does not take an item of the message before for its own: it may have changed', () => {
    const { score } = scoredWith(activity(1));
    const item = { ...score.added[0], rule: 'before' } as { -readonly [Key in keyof Contribution]: Contribution[Key] };
    const scored = { ...scoredWith(activity(1)), score: { ...score, added: [item], removed: [], reasons: [] } };
    codec.encode({ type: 'Scored', value: scored });
    item.rule = 'after';

    expect(codec.encode({ type: 'Scored', value: scored })).toEqual(plainly('Scored', scored));
  });
});

describe('where a value came from is forgotten', () => {
  it('by every copy: what is changed on the way is written as it is', () => {
    const value = read(activities(1, 2), 1) as Activity;
    const changed = { ...value, title: 'another' };

    expect(encode(changed)).toEqual(plainly('Scored', scoredWith(changed)));
    expect(encode(Object.assign(structuredClone(value), changed))).toEqual(encode(changed));
  });

  it('when it is written by another codec, whose schemas may be others', () => {
    const value = read(activities(1, 2), 1) as Activity;
    const newer = createCodec(createRegistry(withPlace()), withPlace());

    expect(encode(value, newer)).toEqual(newer.encode({ type: 'Scored', value: scoredWith(structuredClone(value)) }));
  });

  it('when it was written with another schema than ours', () => {
    const schemas = withPlace();
    const present = createRegistry(schemas);
    const older = selfContained('Activity', RECORD_SCHEMAS);
    const newer = createCodec(
      { idOf: present.idOf, schemaOf: (id) => (id === 100 ? older : present.schemaOf(id)) },
      schemas,
    );
    const page = activities(1, 2);
    for (const start of [0, page.ends[0] ?? 0]) page.bytes.writeUInt32BE(100, start + 1);
    const value = read(page, 1, newer) as Activity;

    expect(value).toMatchObject({ place: 'nowhere' });
    expect(encode(value, newer)).toEqual(newer.encode({ type: 'Scored', value: scoredWith(structuredClone(value)) }));
  });

  it('with the page: values that are kept keep none alive, and are encoded again', async () => {
    const { values, pages } = readAndKeep(20);
    setFlagsFromString('--expose-gc');
    const gc: () => void = runInNewContext('gc');
    for (let round = 0; round < 5; round++) {
      await new Promise((resolve) => setImmediate(resolve));
      gc();
    }

    expect(pages.filter((page) => page.deref() !== undefined)).toEqual([]);
    expect(values.map((value) => encode(value))).toEqual(values.map((value) => plainly('Scored', scoredWith(value))));
  });
});

describe('a value read from a page', () => {
  it('is plain data to whoever looks', () => {
    const value = read(activities(1, 2), 1) as Activity;

    expect(value).toStrictEqual(activity(2));
    expect({ ...value }).toStrictEqual(activity(2));
    expect(structuredClone(value)).toStrictEqual(activity(2));
    expect(JSON.stringify(value)).toBe(JSON.stringify(activity(2)));
    expect(Reflect.ownKeys(value)).toEqual(Object.keys(activity(2)));
    expect(isDeepStrictEqual(value, activity(2))).toBe(true);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });
});

/** An Activity of each page, which is kept, and the pages, which are not. */
function readAndKeep(count: number): {
  readonly values: readonly Activity[];
  readonly pages: readonly WeakRef<Buffer>[];
} {
  const values: Activity[] = [];
  const pages: WeakRef<Buffer>[] = [];
  for (let n = 0; n < count; n++) {
    const page = activities(n, n + 1);
    pages.push(new WeakRef(page.bytes));
    values.push(read(page, 1) as Activity);
  }
  return { values, pages };
}

/** Activities have a place, too. */
function withPlace(): RecordSchemas {
  const { Activity: own } = RECORD_SCHEMAS;
  if (own === undefined) throw new Error('no schema named Activity');
  const place = { name: 'place', type: 'string', default: 'nowhere' } as const;
  return { ...RECORD_SCHEMAS, Activity: { ...own, fields: [...own.fields, place] } };
}
