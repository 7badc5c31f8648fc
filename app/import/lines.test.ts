import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Block, KEPT, LONGEST_LINE, linesAfter, OtherInput, type Place } from '#app/import/lines';
import { PIECE } from '#app/import/pieces';

async function* chunks(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let start = 0;
  for (let turn = 0; start < bytes.length; turn++) {
    const end = start + Math.max(1, sizes[turn % sizes.length] ?? bytes.length);
    yield new Uint8Array(bytes.subarray(start, end));
    start = end;
  }
}

async function read(input: AsyncIterable<Uint8Array>, from?: Place): Promise<readonly Block[]> {
  const blocks: Block[] = [];
  for await (const block of linesAfter(input, from)) blocks.push(block);
  return blocks;
}

const numbers = (blocks: readonly Block[]): readonly unknown[] =>
  blocks.flatMap(({ lines }) => lines.map(({ number, length }) => [number, length]));

const summary = (blocks: readonly Block[]): readonly unknown[] =>
  blocks.map(({ lines, place }) => [numbers([{ lines, place }]), place]);

describe('lines', () => {
  test('are numbered from 1; the last one needs no end', async () => {
    const [block] = await read(chunks(Buffer.from('a\n\nbc\r\nd'), [3]));
    expect(block?.lines.map(({ number, bytes }) => [number, bytes.toString()])).toEqual([
      [1, 'a'],
      [2, ''],
      [3, 'bc\r'],
      [4, 'd'],
    ]);
    expect(block?.place).toMatchObject({ lines: 4, bytes: 8 });
  });

  test('of an empty input are none', async () => {
    expect(await read(chunks(Buffer.alloc(0), [1]))).toEqual([]);
  });

  test('are the same in the same blocks however the input arrives, and from every place that was reached', async () => {
    const line = fc.oneof(
      fc.string(),
      fc.nat(2 * PIECE).map((length) => 'x'.repeat(length)),
    );
    const size = fc.integer({ min: 5_000, max: 2 * PIECE });
    const lines = fc.array(line, { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(lines, fc.array(size, { minLength: 1, maxLength: 3 }), async (texts, sizes) => {
        const bytes = Buffer.from(texts.join('\n'));
        const whole = await read(chunks(bytes, [bytes.length]));
        expect(whole.flatMap((block) => block.lines.map((each) => each.bytes.toString())).join('\n')).toBe(
          bytes.toString().replace(/\n$/, ''),
        );
        expect(summary(await read(chunks(bytes, sizes)))).toEqual(summary(whole));
        for (const [index, { place }] of whole.entries()) {
          const rest = await read(chunks(bytes, sizes), place);
          expect(numbers(rest)).toEqual(numbers(whole.slice(index + 1)));
          expect(rest.at(-1)?.place).toEqual(whole.slice(index + 1).at(-1)?.place);
        }
      }),
      { numRuns: 25 },
    );
  });

  test('over 1 MB are cut, in bounded memory, and those after them are whole', async () => {
    const long = Buffer.alloc(3 * LONGEST_LINE, 'x');
    const blocks = await read(chunks(Buffer.concat([Buffer.from('a\n'), long, Buffer.from('\nb')]), [50_000]));
    const lines = blocks.flatMap((block) => block.lines);
    expect(lines.map(({ number, length, bytes }) => [number, length, bytes.length])).toEqual([
      [1, 1, 1],
      [2, 3 * LONGEST_LINE, KEPT],
      [3, 1, 1],
    ]);
  });

  test('after a place are refused on another input or a shorter one', async () => {
    const [block] = await read(chunks(Buffer.from('aa\nbb\n'), [9]));
    const place = block?.place;
    await expect(read(chunks(Buffer.from('aa\nbc\ncc\n'), [9]), place)).rejects.toThrow(OtherInput);
    await expect(read(chunks(Buffer.from('aa\n'), [9]), place)).rejects.toThrow(OtherInput);
    expect(await read(chunks(Buffer.from('aa\nbb\n'), [9]), place)).toEqual([]);
  });
});
