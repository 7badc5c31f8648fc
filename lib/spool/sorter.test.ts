import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { DamagedSpool, readBlocks } from '#lib/spool/block-file';
import { compareRecords, type SpoolRecord } from '#lib/spool/record';
import { createSorter, type SortLimits } from '#lib/spool/sorter';

const record = fc.record({
  time: fc.oneof(fc.constantFrom(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, -1, 8e15), fc.nat(5)),
  bytes: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  length: fc.nat(2 ** 40),
  input: fc.nat(3),
  line: fc.integer({ min: 1, max: 2 ** 40 }),
});

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'spool-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

async function sort(dir: string, records: readonly SpoolRecord[], limits?: SortLimits) {
  const signal = new AbortController().signal;
  const sorter = createSorter({ dir, target: join(dir, 'sorted'), signal, ...(limits ? { limits } : {}) });
  for (const each of records) await sorter.add(each);
  return sorter.finish();
}

async function read(path: string, from?: number): Promise<SpoolRecord[]> {
  const records: SpoolRecord[] = [];
  for await (const block of readBlocks(path, from)) records.push(...block.records);
  return records;
}

/** Deep comparisons of thousands of records take long. */
const numbers = (records: readonly SpoolRecord[]) => records.map(({ time, length, line }) => [time, length, line]);

test('records come back sorted, whole and nothing beside them, however little memory there is', async () => {
  const chunks = fc.integer({ min: 1, max: 20_000 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(record, { maxLength: 60 }),
      chunks,
      fc.integer({ min: 2, max: 4 }),
      async (given, chunkBytes, fanIn) => {
        const dir = mkdtempSync(join(tmpdir(), 'spool-'));
        try {
          const written = await sort(dir, given, { chunkBytes, fanIn });
          expect(await read(join(dir, 'sorted'))).toEqual([...given].sort(compareRecords));
          expect(readdirSync(dir)).toEqual(['sorted']);
          expect(written).toMatchObject({ records: given.length, bytes: readFileSync(join(dir, 'sorted')).length });
        } finally {
          rmSync(dir, { recursive: true });
        }
      },
    ),
    { numRuns: 100 },
  );
});

test('the digest tells the contents, not their order or where they came from', async () => {
  const bytes = (text: string) => Buffer.from(text);
  const records = [1, 2, 3].map((time) => ({ time, bytes: bytes(`line ${time}`), length: 6, input: 0, line: time }));
  const turned = records.map((each) => ({ ...each, input: 1, line: 9 - each.line })).reverse();
  const { digest } = await sort(folder(), records);
  expect((await sort(folder(), turned, { chunkBytes: 1, fanIn: 2 })).digest).toBe(digest);
  const other = records.map((each) => ({ ...each, bytes: bytes(`line ${each.time}.`) }));
  expect((await sort(folder(), other)).digest).not.toBe(digest);
});

test('a file can be read on from every block', async () => {
  const dir = folder();
  const given = Array.from({ length: 3_000 }, (_, i) => ({
    time: i,
    bytes: Buffer.alloc(i % 400, i),
    length: i,
    input: 0,
    line: i,
  }));
  await sort(dir, [
    ...given,
    { time: 4_000, bytes: Buffer.alloc(1_000_000, 'x'), length: 1_000_000, input: 1, line: 7 },
  ]);
  const path = join(dir, 'sorted');
  const whole = await read(path);
  let seen = 0;
  for await (const { records, end } of readBlocks(path)) {
    seen += records.length;
    expect(numbers(await read(path, end))).toEqual(numbers(whole.slice(seen)));
  }
  expect(seen).toBe(3_001);
});

test('a file that was changed or cut anywhere is told as damaged, after what was whole', async () => {
  const dir = folder();
  const path = join(dir, 'sorted');
  const given = Array.from({ length: 500 }, (_, i) => ({
    time: i,
    bytes: Buffer.alloc(400, 'y'),
    length: 400,
    input: 0,
    line: i,
  }));
  await sort(dir, given);
  const good = readFileSync(path);
  await fc.assert(
    fc.asyncProperty(fc.nat(good.length - 1), fc.boolean(), async (at, isCut) => {
      const bad = isCut ? good.subarray(0, at) : Buffer.from(good);
      if (!isCut) bad.writeUInt8((bad.readUInt8(at) + 1) % 256, at);
      writeFileSync(path, bad);
      const records: SpoolRecord[] = [];
      const reading = (async () => {
        for await (const block of readBlocks(path)) records.push(...block.records);
      })();
      const isWhole =
        isCut &&
        (await reading.then(
          () => true,
          () => false,
        ));
      if (!isWhole) await expect(reading).rejects.toThrow(DamagedSpool);
      expect(numbers(records)).toEqual(numbers(given.slice(0, records.length)));
      expect(records.every(({ bytes }) => bytes.equals(Buffer.alloc(400, 'y')))).toBe(true);
    }),
    { numRuns: 200 },
  );
});

test('sorting ends when it is told to', async () => {
  const dir = folder();
  const stop = new AbortController();
  const sorter = createSorter({ dir, target: join(dir, 'sorted'), signal: stop.signal });
  for (let i = 0; i < 2_000; i++)
    await sorter.add({ time: i, bytes: Buffer.alloc(100), length: 100, input: 0, line: i });
  stop.abort(new Error('enough'));
  await expect(sorter.finish()).rejects.toThrow('enough');
});
