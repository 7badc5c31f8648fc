import { isDeepStrictEqual } from 'node:util';
import avsc from 'avsc';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCodec, HEADER_BYTES } from '#lib/avro/codec';
import { extentOf } from '#lib/avro/extent';
import { createRegistry } from '#lib/avro/registry';
import { RECORD_SCHEMAS, selfContained } from '#lib/avro/schema';
import { writerType } from '#lib/avro/writer';
import { Undecodable } from '#lib/flow/log';
import type { AnyMessage } from '#schemas/topics';
import { arbitraryRecord } from '#test/contracts/arbitraries';
import { arbitraryCorruption } from '#test/contracts/corrupted';

const registry = createRegistry(RECORD_SCHEMAS);
const codec = createCodec(registry);
const REFUSED = Symbol('refused');

/** avsc alone, which must not be given bytes that are no value of its schema: `extent` looks first. */
function plain(name: string) {
  const schema = selfContained(name, RECORD_SCHEMAS);
  const type = avsc.Type.forSchema(JSON.parse(JSON.stringify(schema)), { wrapUnions: 'never' });
  const extent = extentOf(writerType(schema));
  return {
    encode: (value: object) => type.toBuffer(withBuffers(value)),
    decode(bytes: Uint8Array): unknown {
      try {
        return extent(bytes, 0, bytes.length) === bytes.length
          ? plainData(type.fromBuffer(Buffer.from(bytes)))
          : REFUSED;
      } catch {
        return REFUSED;
      }
    },
  };
}

/** Bytes of avsc are Buffers. The one field of bytes is `original`. */
function withBuffers(value: object): object {
  return 'original' in value && value.original instanceof Uint8Array
    ? { ...value, original: Buffer.from(value.original) }
    : value;
}

/** avsc's records have prototypes of their own. */
function plainData(value: unknown): unknown {
  if (value instanceof Uint8Array) return Uint8Array.from(value);
  if (Array.isArray(value)) return value.map(plainData);
  if (typeof value !== 'object' || value === null) return value;
  const copy: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value)) copy[key] = plainData(inner);
  return copy;
}

/** With neighbours, since nothing may be read of them. */
function decoded(type: string, body: Uint8Array): unknown {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32BE(registry.idOf(type), 1);
  const page = Buffer.concat([Buffer.alloc(3, 2), header, body, Buffer.alloc(3, 2)]);
  const message = codec.decode(page, 3, page.length - 3);
  return message instanceof Undecodable ? REFUSED : message.value;
}

describe.each(Object.keys(RECORD_SCHEMAS))('%s', (type) => {
  const reference = plain(type);

  it('has the bytes that avsc gives it, and is read from them as avsc does', () => {
    fc.assert(
      fc.property(arbitraryRecord(type), (value) => {
        const body = reference.encode(value);
        const encoded = codec.encode({ type, value } as AnyMessage);
        expect(Buffer.compare(encoded.subarray(HEADER_BYTES), body)).toBe(0);
        expect(isDeepStrictEqual(decoded(type, body), reference.decode(body))).toBe(true);
        expect(isDeepStrictEqual(decoded(type, body), value)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it('is refused or read as avsc refuses or reads it, whatever becomes of its bytes', () => {
    fc.assert(
      fc.property(arbitraryRecord(type), arbitraryCorruption(), (value, corrupt) => {
        const body = corrupt(reference.encode(value));
        expect(isDeepStrictEqual(decoded(type, body), reference.decode(body))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('is refused when it is cut off, wherever', () => {
    fc.assert(
      fc.property(arbitraryRecord(type), (value) => {
        const body = reference.encode(value);
        for (let size = 0; size < body.length; size++) expect(decoded(type, body.subarray(0, size))).toBe(REFUSED);
      }),
      { numRuns: 3 },
    );
  });
});

describe('a number', () => {
  const { encode, decode } = plain('Tick');
  const tick = (seq: number) => ({ seq, logged_at: 0, own_time: false, identity_key: null, import_id: null });

  it('of any size has the bytes that avsc gives it', () => {
    fc.assert(
      fc.property(fc.oneof(fc.maxSafeInteger(), besidePower), (seq) => {
        if (Math.abs(seq) === Number.MAX_SAFE_INTEGER) return;
        const encoded = codec.encode({ type: 'Tick', value: tick(seq) });
        expect(encoded.subarray(HEADER_BYTES)).toEqual(Uint8Array.from(encode(tick(seq))));
      }),
      { numRuns: 2000 },
    );
  });

  it('of any bytes is what avsc makes of them', () => {
    const groups = fc.array(fc.oneof(fc.nat(127), fc.constantFrom(0, 1, 126, 127)), { maxLength: 11 });
    fc.assert(
      fc.property(groups, fc.nat(127), (more, last) => {
        const body = Uint8Array.from([...more.map((bits) => bits | 0x80), last, 0, 0]);
        expect(isDeepStrictEqual(decoded('Tick', body), decode(body))).toBe(true);
      }),
      { numRuns: 5000 },
    );
  });
});

/** Numbers beside powers of two: there a byte more is needed. */
const besidePower = fc
  .tuple(fc.integer({ min: 0, max: 52 }), fc.integer({ min: -2, max: 2 }), fc.constantFrom(1, -1))
  .map(([exponent, more, sign]) => sign * (2 ** exponent + more));
