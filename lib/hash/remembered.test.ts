import fc from 'fast-check';
import { expect, test } from 'vitest';
import { remembered } from '#lib/hash/remembered';
import { sha256 } from '#lib/hash/sha256';

/** Notes what it is asked. */
function noting() {
  const asked: string[] = [];
  const of = (text: string): string => {
    asked.push(text);
    return sha256(text);
  };
  return { asked, of };
}

test('the answers are those of the function itself, whatever was asked before', () => {
  const text = fc.string({ maxLength: 3 });
  fc.assert(
    fc.property(fc.array(text), fc.integer({ min: 1, max: 5 }), (texts, size) => {
      expect(texts.map(remembered(sha256, { size, longest: 2 }))).toEqual(texts.map(sha256));
    }),
  );
});

test('what was asked lately is not worked out again', () => {
  const { asked, of } = noting();
  const quick = remembered(of, { size: 2, longest: 9 });
  for (const text of ['a', 'b', 'a', 'b', 'c', 'a', 'b']) quick(text);
  expect(asked).toEqual(['a', 'b', 'c']);
});

test('what was asked long ago and texts that are too long are forgotten', () => {
  const { asked, of } = noting();
  const quick = remembered(of, { size: 2, longest: 2 });
  for (const text of ['a', 'b', 'c', 'd', 'e', 'a', 'long', 'long']) quick(text);
  expect(asked).toEqual(['a', 'b', 'c', 'd', 'e', 'a', 'long', 'long']);
});
