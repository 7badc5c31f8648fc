import { expect, test } from 'vitest';
import { identityHash } from '#lib/hash/keyed';
import { sha256 } from '#lib/hash/sha256';

test('with a key it is HMAC-SHA-256, its first 128 bits', () => {
  // RFC 4231, test case 2
  expect(identityHash('Jefe').hash('what do ya want for nothing?')).toBe('5bdcc146bf60754e6a042426089575c7');
});

test('without one it is SHA-256, and there is no fingerprint', () => {
  const { hash, key } = identityHash('');
  expect([hash('user:ann'), key]).toEqual([sha256('user:ann'), null]);
});

test('a fingerprint tells one key from another, always the same, and is no part of it', () => {
  const [one, again, other] = ['secret', 'secret', 'secret2'].map((key) => identityHash(key).key);
  expect(one).toMatch(/^[0-9a-f]{16}$/);
  expect(again).toBe(one);
  expect(other).not.toBe(one);
  expect(one).not.toBe(sha256('secret').slice(0, 16));
});
