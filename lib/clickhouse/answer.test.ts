import { expect, test } from 'vitest';
import { comesInPieces, withOneHeader } from '#lib/clickhouse/answer';

async function together(format: string, pieces: readonly string[]): Promise<string> {
  async function* given() {
    for (const piece of pieces) yield Buffer.from(piece);
  }
  let text = '';
  for await (const piece of withOneHeader(format, given())) text += Buffer.from(piece).toString();
  return text;
}

test('an answer has one header, however many pieces it comes in', async () => {
  expect(await together('TabSeparatedWithNames', ['a\tb\n1\t2\n', 'a\tb\n3\t4\n'])).toBe('a\tb\n1\t2\n3\t4\n');
  expect(await together('CSVWithNamesAndTypes', ['a\nUInt8\n1\n', 'a\nUInt8\n2\n'])).toBe('a\nUInt8\n1\n2\n');
  expect(await together('JSONEachRow', ['{"a":1}\n', '{"a":2}\n'])).toBe('{"a":1}\n{"a":2}\n');
});

test('only formats that are rows come in pieces', () => {
  expect(['TSV', 'CSVWithNames', 'JSONCompactEachRowWithNames'].filter(comesInPieces)).toHaveLength(3);
  expect(['JSON', 'PrettyCompact', 'Vertical', 'Parquet'].filter(comesInPieces)).toEqual([]);
});
