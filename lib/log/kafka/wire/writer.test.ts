import fc from 'fast-check';
import { expect, test } from 'vitest';
import { WireReader } from '#lib/log/kafka/wire/reader';
import { WireWriter } from '#lib/log/kafka/wire/writer';

type Written = readonly [write: (to: WireWriter) => void, read: (from: WireReader) => unknown, value: unknown];

const int = (bits: number) => fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 });
const written: fc.Arbitrary<Written> = fc.oneof(
  int(16).map((value): Written => [(to) => to.int16(value), (from) => from.int16(), value]),
  int(32).map((value): Written => [(to) => to.int32(value), (from) => from.int32(), value]),
  fc.maxSafeInteger().map((value): Written => [(to) => to.int64(value), (from) => from.int64(), value]),
  fc
    .nat(2 ** 31 - 1)
    .map((value): Written => [(to) => to.unsignedVarint(value), (from) => from.unsignedVarint(), value]),
  fc.string({ unit: 'binary' }).map((value): Written => {
    const text = Buffer.from(value).toString();
    return [(to) => to.string(value), (from) => from.string(), text];
  }),
  fc
    .option(fc.string({ unit: 'grapheme' }), { nil: null })
    .map((value): Written => [(to) => to.compactString(value), (from) => from.compactString(), value]),
  fc
    .uint8Array()
    .map(
      (value): Written => [
        (to) => to.int32(value.length).raw(value),
        (from) => from.data()?.toString('hex'),
        Buffer.from(value).toString('hex'),
      ],
    ),
);

test('what is written is read again, wherever the buffer has to grow', () => {
  fc.assert(
    fc.property(fc.array(written, { maxLength: 40 }), fc.integer({ min: 1, max: 64 }), (all, size) => {
      const to = new WireWriter(size);
      for (const [write] of all) write(to);
      const from = new WireReader(Buffer.from(to.written));
      expect(all.map(([, read]) => read(from))).toEqual(all.map(([, , value]) => value));
      expect(from.at).toBe(to.end);
    }),
    { numRuns: 500 },
  );
});

test('an answer that ends early is an error, never a value', () => {
  const whole = new WireWriter().compactString('some text').int32(3).written;
  for (let end = 0; end < whole.length; end++) {
    const from = new WireReader(Buffer.from(whole.subarray(0, end)));
    expect(() => [from.compactString(), from.int32()]).toThrow(RangeError);
  }
});
