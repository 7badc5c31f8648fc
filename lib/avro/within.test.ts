import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCodec } from '#lib/avro/codec';
import { createRegistry } from '#lib/avro/registry';
import { RECORD_SCHEMAS } from '#lib/avro/schema';
import { Undecodable } from '#lib/flow/log';
import type { AnyMessage } from '#schemas/topics';
import { arbitraryRecord } from '#test/contracts/arbitraries';
import { activityMessage, deadLetterMessage, staged } from '#test/contracts/messages';

const codec = createCodec(createRegistry(RECORD_SCHEMAS));

/** A larger buffer with the message in it: where it starts and ends. */
function page(bytes: Uint8Array, before: number, after: number) {
  const start = before;
  return {
    bytes: Buffer.concat([Buffer.alloc(before, 3), bytes, Buffer.alloc(after, 5)]),
    start,
    end: start + bytes.length,
  };
}

describe('a message within a larger buffer', () => {
  it.each(Object.keys(RECORD_SCHEMAS))('%s is read as if it were alone', (type) => {
    fc.assert(
      fc.property(arbitraryRecord(type), fc.nat(9), fc.nat(9), (value, before, after) => {
        const message = { type, value } as AnyMessage;
        const { bytes, start, end } = page(codec.encode(message), before, after);
        expect(isDeepStrictEqual(codec.decode(bytes, start, end), message)).toBe(true);
        expect(isDeepStrictEqual(codec.decode(Uint8Array.from(bytes), start, end), message)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('is not read into its neighbour: cut off anywhere it is undecodable, with its own bytes and no others', () => {
    const whole = codec.encode({ type: 'Staged', value: staged(1) });
    const { bytes, start, end } = page(whole, 7, 300);

    for (let until = start; until < end; until++) {
      const decoded = codec.decode(bytes, start, until);
      if (!(decoded instanceof Undecodable)) throw new Error(`cut off at ${until} it was read`);
      expect(Buffer.compare(decoded.bytes, whole.subarray(0, until - start))).toBe(0);
    }
    expect(codec.decode(bytes, start, end + 1)).toMatchObject({ bytes: Uint8Array.from([...whole, 5]) });
    expect(codec.decode(bytes, start + 1, end)).toMatchObject({ bytes: whole.slice(1) });
  });

  it('keeps nothing of the buffer: neither what was decoded nor what was not', () => {
    const whole = codec.encode(deadLetterMessage(1, 500));
    const { bytes, start, end } = page(whole, 7, 300);
    const decoded = codec.decode(bytes, start, end);
    const refused = codec.decode(bytes, start, end - 1);
    bytes.fill(0);

    expect(decoded).toStrictEqual(deadLetterMessage(1, 500));
    expect(refused).toMatchObject({ bytes: whole.slice(0, -1) });
  });

  it('takes its neighbours as they come, one after the other', () => {
    const messages = [activityMessage(1), deadLetterMessage(2, 40), activityMessage(3)];
    const batch = codec.createBatch();
    const ends = messages.map((message) => {
      batch.add(message);
      return batch.end;
    });

    expect(ends.map((end, n) => codec.decode(batch.bytes, ends[n - 1] ?? 0, end))).toStrictEqual(messages);
  });
});
