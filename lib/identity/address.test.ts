import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addressIn, addressOfId } from '#lib/identity/address';

test.each([
  ['ann@example.com', 'ann@example.com'],
  [' Ann@Example.COM\n', 'ann@example.com'],
  ['Jose\u0301@example.com', 'jos\u00e9@example.com'],
  ['JOSE\u0301@EXAMPLE.COM', 'jos\u00e9@example.com'],
  ['ann@bu\u0308cher.example', 'ann@xn--bcher-kva.example'],
  ['ann@B\u00dcCHER.example', 'ann@xn--bcher-kva.example'],
  ['ann@XN--BCHER-KVA.example', 'ann@xn--bcher-kva.example'],
  ['\u592a\u90ce@\u4f8b\u3048\u3002\u65e5\u672c', '\u592a\u90ce@xn--r8jz45g.xn--wgv71a'],
  ['jos\u00e9@b\u00fccher.example.', 'jos\u00e9@xn--bcher-kva.example'],
  ['ann@under_sc\u00f6re/x', 'ann@under_sc\u00f6re/x'],
  ['ann+news@example.com', 'ann+news@example.com'],
  ['a.nn@example.com', 'a.nn@example.com'],
])('the address %j counts as %j', (text, counts) => {
  expect(addressIn(text)).toBe(counts);
});

describe('what stands around an address is no part of it', () => {
  const parts: readonly (readonly [what: string, text: string])[] = [
    ['zero width space', '\u200bann@x.example\u200b'],
    ['zero width joiners', 'an\u200dn@x\u200c.example'],
    ['byte order mark', '\ufeffann@x.example'],
    ['soft hyphen', 'ann@x.exam\u00adple'],
    ['marks of direction', '\u202aann@x.example\u202c\u200e'],
    ['isolates', '\u2066ann@x.example\u2069'],
    ['word joiner', 'ann\u2060@x.example'],
    ['no-break space', '\u00a0ann@x.example\u00a0'],
    ['ideographic space', 'ann@x.example\u3000'],
    ['a control character', 'ann@x.example\u0000'],
    ['blanks around @', 'ann\u00a0@ x.example'],
    ['angle brackets', '<ann@x.example>'],
    ['a display name', 'Ann <ann@x.example>'],
    ['a quoted display name', '"Lee, Ann" <Ann@X.example>'],
    ['a display name with no-break space', 'Ann\u00a0Lee\u00a0<ann@x.example>;'],
    ['the address as display name', 'ann@x.example <ann@x.example>'],
    ['half a bracket', 'ann@x.example>'],
    ['a comment', 'ann@x.example (Ann Lee)'],
    ['mailto:', 'mailto:ann@x.example'],
    ['MAILTO:', 'MAILTO:Ann@X.example'],
    ['a subject', 'mailto:ann@x.example?subject=Hi%20Ann&cc=bob@x.example'],
    ['an escaped @', 'mailto:ann%40x.example'],
    ['mailto: in brackets', 'Ann <mailto:ann@x.example?body=x>'],
    ['quotes', '"ann@x.example"'],
    ['single quotes', "'ann@x.example'"],
    ['an apostrophe of a spreadsheet', "'ann@x.example"],
    ['typographic quotes', '\u201eann@x.example\u201c'],
    ['a quoted local part', '"ann"@x.example'],
    ['a dot', 'ann@x.example.'],
    ['commas and semicolons', 'ann@x.example,;'],
    ['all of it', ' \ufeff"Ann" <mailto:\u200b"ANN"@X.EXAMPLE.?subject=x>, '],
  ];
  test.each(parts)('%s', (_what, text) => {
    expect(addressIn(text)).toBe('ann@x.example');
    expect(addressOfId(text)).toBe('ann@x.example');
  });

  test.each([
    'Ann <>',
    'mailto:',
    'mailto:?to=ann@x.example',
    '<ann@x.example> <bob@x.example>',
    'ann@x.example,bob@x.example',
  ])('%j is no address', (text) => {
    expect(addressIn(text)).toBeNull();
  });
});

describe('an id that is an address is that address', () => {
  test.each([
    ['ann@x.example', 'ann@x.example'],
    ['ANN@X.EXAMPLE', 'ann@x.example'],
    ['ann.lee+news@mail.x.example', 'ann.lee+news@mail.x.example'],
    ['jos\u00e9@b\u00fccher.example', 'jos\u00e9@xn--bcher-kva.example'],
  ])('%j is %j', (id, address) => {
    expect(addressOfId(id)).toBe(address);
  });

  test.each([
    'u1',
    'ann',
    'u1@tenant',
    'tenant/ann@x.example',
    'auth0|ann@x.example',
    'https://ann@x.example',
    '@ann',
    '7@10.0.0.1',
  ])('%j is none', (id) => {
    expect(addressOfId(id)).toBeNull();
  });

  test('no id is none', () => {
    expect(addressOfId(null)).toBeNull();
  });
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

test('whatever stands around it, an address is one text, which stays as it is', () => {
  const word = fc.string({ unit: fc.constantFrom(...'abcxyzABC019'), minLength: 1, maxLength: 8 });
  const noise = fc.string({
    unit: fc.constantFrom('\u200b', '\ufeff', '\u00ad', '\u00a0', ' ', '\u2066', '\t'),
    maxLength: 3,
  });
  const one = (...wraps: readonly ((text: string) => string)[]) => fc.constantFrom((text: string) => text, ...wraps);
  const wraps = fc.tuple(
    one(
      (text) => `mailto:${text}`,
      (text) => `mailto:${text}?subject=x@y`,
    ),
    one((text) => `"${text}"`),
    one(
      (text) => `<${text}>`,
      (text) => `Some One <${text}>`,
    ),
    one(
      (text) => `${text}.`,
      (text) => `${text},`,
    ),
  );
  fc.assert(
    fc.property(word, word, wraps, noise, (name, domain, around, marks) => {
      const counts = `${name}@${domain}.example`.toLowerCase();
      const text = around.reduce((inner, add) => `${marks}${add(inner)}${marks}`, `${name}@${domain}.Example`);
      expect(addressIn(text)).toBe(counts);
      expect(addressIn(counts)).toBe(counts);
    }),
    { numRuns: 1_000 },
  );
});

test('whatever text there is, its address stays as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (name, domain) => {
      const address = addressIn(`${name}@${domain}`);
      expect(addressIn(address)).toBe(address);
    }),
    { numRuns: 2_000 },
  );
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
