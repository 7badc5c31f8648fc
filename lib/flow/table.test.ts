import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareKeys, endOf, Overlay, Scoped, timeKey } from '#lib/flow/table';

const key = fc
  .tuple(fc.constantFrom('a', 'b', 'c.1', 'c.2'), fc.string({ maxLength: 3, unit: 'grapheme' }))
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
      expect([...overlay.reverseRange(from, to)]).toEqual([...merged.range(from, to)].reverse());
      base.apply(overlay.changes());
      expect([...base.range('a:', endOf('c.2:'))]).toEqual([...merged.range('a:', endOf('c.2:'))]);
    }),
  );
});

test('a range sees every write before it, whatever was read between them', () => {
  const own = key.map((k) => k.replace(/^[^:]*/, 'c.1'));
  const write = fc.record({ key: own, value: fc.option(fc.integer(), { nil: undefined }) });
  fc.assert(
    fc.property(fc.array(write), fc.array(write), own, own, (below, writes, from, to) => {
      const base = new Overlay();
      base.apply(below);
      for (const table of [new Overlay(base), new Overlay()]) {
        const known = new Map(table.range('c.1:', endOf('c.1:')));
        for (const { key: k, value } of writes) {
          table.put(k, value);
          if (value === undefined) known.delete(k);
          else known.set(k, value);
          const within = [...known].filter(([one]) => compareKeys(one, from) >= 0 && compareKeys(one, to) < 0);
          expect([...table.range(from, to)]).toEqual(within.sort(([a], [b]) => compareKeys(a, b)));
          expect([...table.reverseRange(from, to)]).toEqual(within.reverse());
        }
      }
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
  expect([...items.reverseRange('', endOf(''))].map(([key]) => key)).toEqual(['2', '1']);
  expect(items.get('2')).toBe('two');
});

test('times sort as numbers do', () => {
  expect([timeKey(9), timeKey(10), timeKey(1_790_000_000_000)].sort()).toEqual([
    timeKey(9),
    timeKey(10),
    timeKey(1_790_000_000_000),
  ]);
});
