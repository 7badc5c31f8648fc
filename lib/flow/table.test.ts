import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareKeys, endOf, Overlay, Scoped, timeKey } from '#lib/flow/table';

const key = fc
  .tuple(fc.constantFrom('a', 'b'), fc.string({ maxLength: 3, unit: 'grapheme' }))
  .map(([g, k]) => `${g}:${k}`);
const change = fc.record({ key, value: fc.option(fc.integer(), { nil: undefined }) });

test('keys are ordered by their UTF-8 bytes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
      expect(Math.sign(compareKeys(a, b))).toBe(Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b))));
    }),
  );
});

test('an overlay reads as if its changes were in the table below it', () => {
  fc.assert(
    fc.property(fc.array(change), fc.array(change), key, key, (below, above, a, b) => {
      const [from, to] = compareKeys(a, b) <= 0 ? [a, b] : [b, a];
      const base = new Overlay();
      base.apply(below);
      const overlay = new Overlay(base);
      overlay.apply(above);
      const merged = new Overlay();
      merged.apply([...below, ...above]);
      expect([...overlay.range(from, to)]).toEqual([...merged.range(from, to)]);
      base.apply(overlay.changes());
      expect([...base.range('a:', endOf('b:'))]).toEqual([...merged.range('a:', endOf('b:'))]);
    }),
  );
});

test("a lead's items are seen without the lead's prefix, and no one else's with them", () => {
  const table = new Overlay();
  table.apply([
    { key: 'i0.ab:1', value: 'one' },
    { key: 'i0.ab:2', value: 'two' },
    { key: 'i0.abc:1', value: 'other' },
  ]);
  const items = new Scoped(table, 'i0.ab:');
  expect([...items.range('', endOf(''))]).toEqual([
    ['1', 'one'],
    ['2', 'two'],
  ]);
  expect(items.get('2')).toBe('two');
});

test('times sort as numbers do', () => {
  expect([timeKey(9), timeKey(10), timeKey(1_790_000_000_000)].sort()).toEqual([
    timeKey(9),
    timeKey(10),
    timeKey(1_790_000_000_000),
  ]);
});
