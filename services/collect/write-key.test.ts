import fc from 'fast-check';
import { expect, test } from 'vitest';
import { withoutWriteKey } from '#services/collect/write-key';

const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'utf8'));
const without = (text: string, value: unknown = undefined) =>
  Buffer.from(withoutWriteKey(bytes(text), value)).toString('utf8');

test.each([
  ['a call', '{"writeKey": "secret", "userId":"u"}', '{"writeKey": "", "userId":"u"}'],
  ['a key with escapes', '{"writeKey":"a\\"b\\\\","x":1}', '{"writeKey":"","x":1}'],
  [
    'a batch and its calls',
    '{"batch":[{"writeKey":"a"},{"writeKey" : "b"}],"writeKey":"c"}',
    '{"batch":[{"writeKey":""},{"writeKey" : ""}],"writeKey":""}',
  ],
  ['an address', '/pixel.gif?a=1&writeKey=s%2Fx&b=2', '/pixel.gif?a=1&writeKey=&b=2'],
  ['a line that is broken off', '{"event":"é","writeKey":"secret","x', '{"event":"é","writeKey":"","x'],
])('of %s only the key goes', (_what, text, bare) => {
  expect(without(text)).toBe(bare);
});

test('a key goes wherever it stands, whatever the name of its field is written like', () => {
  const text = '{"write\\u004bey":"long-secret","properties":{"note":"long-secret"}}';
  expect(without(text, JSON.parse(text))).toBe('{"write\\u004bey":"","properties":{"note":""}}');
});

test('bytes without a key stay as they are, also those that are no text', () => {
  const binary = fc.uint8Array({ maxLength: 50 });
  fc.assert(
    fc.property(binary, binary, (before, after) => {
      const joined = new Uint8Array([...before, ...after]);
      expect(withoutWriteKey(joined, undefined)).toEqual(joined);
      const withKey = new Uint8Array([...before, ...bytes('"writeKey":"k"'), ...after]);
      expect(withoutWriteKey(withKey, undefined)).toEqual(
        new Uint8Array([...before, ...bytes('"writeKey":""'), ...after]),
      );
    }),
  );
});
