import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readBatches } from '#lib/log/kafka/wire/fetched-batch';
import { type FetchedRecord, RecordCursor } from '#lib/log/kafka/wire/fetched-record';
import { batchBytes, wireRecord } from '#lib/log/kafka/wire/given';

const record = fc.record({
  key: fc.option(fc.string({ unit: 'binary', maxLength: 20 }), { nil: null }),
  value: fc.uint8Array({ maxLength: 300 }),
  headers: fc.option(fc.dictionary(fc.string({ minLength: 1, maxLength: 5 }), fc.string({ maxLength: 9 })), {
    nil: undefined,
  }),
});
const batches = fc.array(fc.record({ gap: fc.nat(5), records: fc.array(record, { minLength: 1, maxLength: 70 }) }), {
  maxLength: 4,
});

function keyAndValue({ offset, bytes, keyStart, keyEnd, start, end }: FetchedRecord) {
  return {
    offset,
    key: keyStart < 0 ? null : bytes.toString('utf8', keyStart, keyEnd),
    value: [...bytes.subarray(start, end)],
  };
}

describe('record batches', () => {
  it('are read as they were written, from any offset on and in pages of any size', async () => {
    await fc.assert(
      fc.asyncProperty(batches, fc.nat(80), fc.integer({ min: 1, max: 50 }), async (written, from, limit) => {
        let offset = 0;
        const parts: Buffer[] = [];
        const expected: unknown[] = [];
        for (const { gap, records } of written) {
          offset += gap;
          parts.push(
            batchBytes(
              records.map(({ key, value, headers }) => wireRecord(key, value, headers)),
              offset,
            ),
          );
          for (const { key, value } of records) {
            const text = key === null ? null : Buffer.from(key).toString();
            if (offset >= from) expected.push({ offset, key: text, value: [...value] });
            offset++;
          }
        }
        const cursor = new RecordCursor(await readBatches(Buffer.concat(parts)), from);
        const found: unknown[] = [];
        while (!cursor.done) {
          const page = cursor.next(limit);
          expect(page.length).toBeLessThanOrEqual(limit);
          found.push(...page.map(keyAndValue));
        }
        expect(found).toEqual(expected);
        expect(cursor.next(limit)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('have the bytes that Kafka documents', () => {
    const bytes = batchBytes([wireRecord('k', Buffer.from('v'))], 5, { id: 1, epoch: 2, transactional: true });
    expect(bytes.subarray(0, 17).toString('hex')).toBe(`${'0000000000000005'}${'0000003a'}${'ffffffff'}02`);
    expect(bytes.subarray(21).toString('hex')).toBe(
      `0010${'00000000'}${'0000018bcfe56800'.repeat(2)}${'0000000000000001'}0002${'00000000'}${'00000001'}${'10000000026b027600'}`,
    );
  });

  it('are compressed with gzip if that makes them smaller, and read again', async () => {
    const text = Buffer.from('again '.repeat(50));
    const packed = batchBytes(Array.from({ length: 100 }, () => wireRecord('key', text)));
    const plain = batchBytes([
      wireRecord('key', createHash('shake256', { outputLength: 400 }).update('noise').digest()),
    ]);

    expect([packed, plain].map((bytes) => bytes.readInt16BE(21))).toEqual([1, 0]);
    expect(packed.length).toBeLessThan(3_000);
    const records = new RecordCursor(await readBatches(packed), 0).next(1_000).map(keyAndValue);
    expect(records).toEqual(Array.from({ length: 100 }, (_, offset) => ({ offset, key: 'key', value: [...text] })));
  });

  it('leave out a last one that is cut short', async () => {
    const [one, two] = [
      batchBytes([wireRecord('a', Buffer.from('1'))]),
      batchBytes([wireRecord('b', Buffer.alloc(90))], 1),
    ];
    for (let end = one.length; end < one.length + two.length; end += 10) {
      expect(await readBatches(Buffer.concat([one, two]).subarray(0, end))).toHaveLength(1);
    }
    expect(await readBatches(one.subarray(0, 30))).toEqual([]);
  });

  it('are refused when a byte is another one than was written', async () => {
    const bytes = batchBytes([wireRecord('key', Buffer.from('value'))], 42);
    for (let at = 17; at < bytes.length; at++) {
      const broken = Buffer.from(bytes);
      broken.writeUInt8((broken[at] ?? 0) ^ 4, at);
      await expect(readBatches(broken)).rejects.toThrow('the batch at offset 42 has another checksum');
    }
  });

  it('in an older format are refused', async () => {
    const bytes = batchBytes([wireRecord(null, Buffer.from('value'))], 3);
    bytes[16] = 1;
    await expect(readBatches(bytes)).rejects.toThrow('offset 3 is in record format 1');
  });
});
