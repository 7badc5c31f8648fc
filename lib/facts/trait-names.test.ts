import { expect, test } from 'vitest';
import { traitNames } from '#lib/facts/trait-names';

test('the address, what has no name or an endless one, and what collect keeps under a path are no traits', () => {
  const said = {
    title: 'CEO',
    email: 'a@x.org',
    '': 1,
    ['x'.repeat(201)]: 1,
    'context.device.id': 1,
    'properties.a': 1,
  };
  expect(traitNames({ ...said, 'size.band': 1, ['y'.repeat(200)]: null })).toEqual([
    'title',
    'size.band',
    'y'.repeat(200),
  ]);
});

test('of more than a hundred the first by name, in whatever order they are written', () => {
  const names = Array.from({ length: 150 }, (_, n) => `t${String(n).padStart(3, '0')}`);
  const said = (order: readonly string[]) => Object.fromEntries(order.map((name) => [name, 1]));
  expect(traitNames(said(names))).toEqual(names.slice(0, 100));
  expect(traitNames(said(names.toReversed()))).toEqual(names.slice(0, 100));
});
