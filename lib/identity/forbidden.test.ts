import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { idIn, namesNobody } from '#lib/identity/forbidden';
import { ANY_TEXT, namesNobodyBy, PLACEHOLDERS } from '#lib/identity/placeholders';

describe('what sites send for nobody', () => {
  test.each([
    ...[
      '',
      ' ',
      '0',
      '00',
      '-0',
      '0.0',
      '-1',
      'none',
      'None',
      'NULL',
      'null',
      'nil',
      '<nil>',
      'undefined',
      'NaN',
      'false',
      'true',
    ],
    ...[
      'guest',
      'GUEST',
      'anonymous',
      'Anonymous User',
      'anonymous-user',
      'unknown',
      'not_set',
      '(not set)',
      '(none)',
      'N/A',
    ],
    ...['#N/A', 'n/a', '""', "''", '"null"', "'undefined'", '{}', '[]', '[ ]', '-', '--', '?', '.', '...', '_', '*'],
    ...[
      '[object Object]',
      '[object Undefined]',
      'test',
      'test_user',
      'TestUser',
      '%s',
      '{0}',
      'user_id',
      'userId',
      '<user_id>',
    ],
    ...[
      '{{ user.id }}',
      '{{user_id}}',
      '{{{id}}}',
      '%USER_ID%',
      '%%user_id%%',
      `\${userId}`,
      '#{user.id}',
      '{userId}',
      '{user_id}',
    ],
    ...['[[id]]', '<%= user.id %>', '{% user %}', '*|UNIQID|*', '[user-id]', 'YOUR_USER_ID', '<your user id>'],
    ...['00000000-0000-0000-0000-000000000000', '{00000000-0000-0000-0000-000000000000}', '0000000000'],
    ...['FFFFFFFF-ffff-ffff-ffff-ffffffffffff', '11111111-1111-1111-1111-111111111111', '99999999'],
    ...['xxx', 'XxXx', 'aaaaaaaaaa', 'ああああ', '---', '\u200b', '\ufeff', '\u00a0'],
  ])('%j is no id', (id) => {
    expect(idIn(id)).toBeNull();
    expect(idIn(` ${id}\t`)).toBeNull();
  });

  test.each([
    ...[
      '0a1b',
      'guest-4711',
      'guest4711',
      '100',
      'u0',
      '7',
      '-7',
      '11',
      '111',
      '7777',
      '10',
      '01',
      '0x1f',
      'a',
      'xx',
      'aab',
    ],
    ...[
      'null-island',
      'nonesuch',
      'nancy',
      'nilsson',
      'testa',
      'test1',
      'user-7',
      'unknown-42',
      'idris',
      'none@x.example',
    ],
    ...[
      '{3F2504E0-4F89-11D3-9A0C-0305E82C3301}',
      '3f2504e0-4f89-11d3-9a0c-0305e82c3301',
      '<20260101.abc@mail.example>',
    ],
    ...[
      '00000000-0000-0000-0000-000000000001',
      '100%',
      '%41nn',
      '$ann',
      '#17',
      '{"id":5}',
      '1111111',
      '0-1',
      '匿名希望7',
      '山田',
    ],
  ])('%j is one', (id) => {
    expect(idIn(id)).toBe(id);
    expect(idIn(` ${id}\t`)).toBe(id);
  });

  test('no id is none', () => {
    expect(idIn(null)).toBeNull();
  });
});

const around = fc.constantFrom(
  ['', ''],
  ['"', '"'],
  ["'", "'"],
  ['(', ')'],
  ['<', '>'],
  ['[', ']'],
  ['{', '}'],
  ['`', '`'],
);
const written = fc.constantFrom(
  (text: string) => text,
  (text: string) => text.toUpperCase(),
  (text: string) => text.replaceAll(/(?<=\p{L}) (?=\p{L})/gu, '_'),
  (text: string) => text.replaceAll(/(?<=\p{L}) (?=\p{L})/gu, '-'),
);

test('every entry of the list is no id however it is written, and a template with any text in it', () => {
  fc.assert(
    fc.property(fc.constantFrom(...PLACEHOLDERS), around, written, fc.string(), (entry, [open, close], write, text) => {
      const id = entry.includes(ANY_TEXT) ? entry.replace(ANY_TEXT, () => text) : `${open}${write(entry)}${close}`;
      expect(namesNobody(id)).toBe(true);
      expect(namesNobody(id.toUpperCase())).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

const LETTERS = [...'abcdefghijkmopqrstuvwxyz'];
const DIGITS = [...'123456789'];

test('an id that has a digit other than 0 among its letters is one, whatever stands beside it', () => {
  const part = fc.string({ unit: fc.constantFrom(...LETTERS, ...DIGITS, '0', '-', '_', '.'), maxLength: 12 });
  const id = fc
    .tuple(part, fc.constantFrom(...LETTERS), fc.constantFrom(...DIGITS), part)
    .map((parts) => `k${parts.join('')}`);
  fc.assert(
    fc.property(id, (text) => {
      expect(idIn(text)).toBe(text);
    }),
    { numRuns: 2_000 },
  );
});

test('counting up, only 0 and eight equal digits are no ids', () => {
  const none = Array.from({ length: 100_000 }, (_, id) => String(id)).filter(namesNobody);
  expect(none).toEqual(['0']);
});

test('another list says what it says, beside signs, zeros and repetitions', () => {
  const nobody = namesNobodyBy(['Kunde', 'session-...']);
  expect(['kunde', '[KUNDE]', 'session-1', '0', '???'].map((id) => idIn(id, nobody))).toEqual(Array(5).fill(null));
  expect(['guest', 'kunden', 'my-session-1'].map((id) => idIn(id, nobody))).toEqual([
    'guest',
    'kunden',
    'my-session-1',
  ]);
});
