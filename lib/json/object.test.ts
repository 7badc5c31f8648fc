import { expect, test } from 'vitest';
import { objectIn } from '#lib/json/object';

test('an object is read with all its fields, whatever they are called', () => {
  expect(objectIn('{"a":1,"b":{"c":[null]}}')).toEqual({ a: 1, b: { c: [null] } });
  expect(Object.keys(objectIn('{"__proto__":1}'))).toEqual(['__proto__']);
});

test.each(['', '{', 'nonsense', 'null', '7', '"{}"', '[]', '[{"a":1}]'])(
  '%j is no object: it has no fields',
  (text) => {
    expect(objectIn(text)).toEqual({});
  },
);
