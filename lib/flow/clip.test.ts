import { expect, test } from 'vitest';
import { clip } from '#lib/flow/clip';

test.each([
  ['short', 5, 'short'],
  ['longer', 5, 'longe'],
  ['abc😀', 4, 'abc'],
  ['abc😀', 5, 'abc😀'],
  ['ab東京', 3, 'ab東'],
])('the beginning of %j up to %i code units is %j', (text, longest, beginning) => {
  expect(clip(text, longest)).toBe(beginning);
});
