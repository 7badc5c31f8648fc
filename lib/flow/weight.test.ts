import { expect, test } from 'vitest';
import { weightOf } from '#lib/flow/weight';

test('a hundred times the data weighs about a hundred times as much, in lists, objects and texts', () => {
  const item = { at: 1, name: 'page_viewed', parts: [1, 2, 3] };
  const many = (times: number) => Array.from({ length: times }, () => item);
  const named = (times: number) => Object.fromEntries(many(times).map((value, n) => [`key ${n}`, value]));
  for (const grown of [
    weightOf(many(2000)) / weightOf(many(20)),
    weightOf(named(2000)) / weightOf(named(20)),
    weightOf('x'.repeat(200_000)) / weightOf('x'.repeat(2000)),
  ]) {
    expect(grown).toBeGreaterThan(80);
    expect(grown).toBeLessThan(120);
  }
});

test('nothing weighs nothing', () => {
  for (const value of [undefined, null, 0, false, '', [], {}, new Uint8Array()])
    expect(weightOf(value)).toBeGreaterThan(0);
});
