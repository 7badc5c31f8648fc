import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, canonicalJsonWith } from '#services/collect/json';

const name = fc.oneof(
  fc.constantFrom('10', '9', 'a', 'Z', 'é', '"'),
  fc.string({ unit: 'grapheme-ascii', maxLength: 60 }),
);
const fields = fc.uniqueArray(fc.tuple(name, fc.integer()), { selector: ([key]) => key, maxLength: 60 });

function inOrder(entries: readonly (readonly [string, number])[]): string {
  const sorted = entries.toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${sorted.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join()}}`;
}

test('fields are written in the order of their UTF-16 units, few or many, whatever order they came in', () => {
  fc.assert(
    fc.property(fields, (entries) => {
      expect(canonicalJson(Object.fromEntries(entries))).toBe(inOrder(entries));
    }),
  );
});

test('more fields are written as if they were the object’s own', () => {
  fc.assert(
    fc.property(fields, fc.nat(60), (entries, at) => {
      const [own, more] = [entries.slice(0, at), entries.slice(at)].map((some) => Object.fromEntries(some));
      expect(canonicalJsonWith(more ?? {}, own ?? {})).toBe(inOrder(entries));
    }),
  );
});
