import { expect, test } from 'vitest';
import { nearest } from '#lib/model/spelling';

const WORDS = ['points', 'page_viewed', 'path'];

test.each([
  ['pionts', 'points'],
  ['point', 'points'],
  ['page_veiwed', 'page_viewed'],
  ['pathh', 'path'],
  ['pazh', 'path'],
])('%s was probably meant as %s, one error away', (written, meant) => {
  expect(nearest(written, WORDS, 1)).toBe(meant);
});

test('a word that is known, or too far from all, was not meant as another', () => {
  expect(nearest('path', WORDS, 3)).toBeUndefined();
  expect(nearest('demo_requested', WORDS, 3)).toBeUndefined();
  expect(nearest('pth_', WORDS, 1)).toBeUndefined();
});
