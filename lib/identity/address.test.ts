import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addressIn } from '#lib/identity/address';

test.each([
  ['ann@example.com', 'ann@example.com'],
  [' Ann@Example.COM\n', 'ann@example.com'],
  ['Jose\u0301@example.com', 'jos\u00e9@example.com'],
  ['JOSE\u0301@EXAMPLE.COM', 'jos\u00e9@example.com'],
  ['ann@bu\u0308cher.example', 'ann@b\u00fccher.example'],
  ['ann+news@example.com', 'ann+news@example.com'],
  ['a.nn@example.com', 'a.nn@example.com'],
])('the address %j counts as %j', (text, counts) => {
  expect(addressIn(text)).toBe(counts);
});

test.each(['', ' ', 'null', 'undefined', '[object Object]', 'unknown', '@', 'ann@', '@x.org', 'a b@x.org', 'a@b@c'])(
  '%j is no address',
  (text) => {
    expect(addressIn(text)).toBeNull();
  },
);

test('none is none', () => {
  expect(addressIn(null)).toBeNull();
});

const letters = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 });

test('forms of one text are one address, and what counts stays as it is', () => {
  fc.assert(
    fc.property(letters, letters, (name, domain) => {
      const text = `${name}@${domain}`;
      const counts = addressIn(text);
      for (const form of ['NFC', 'NFD']) expect(addressIn(` ${text.normalize(form)}\t`)).toBe(counts);
      expect(addressIn(counts)).toBe(counts);
    }),
    { numRuns: 500 },
  );
});
