import { expect, test } from 'vitest';
import { readSourcesFile, type Secrets } from '#app/sources/sources-file';

const SECRETS: Secrets = {
  variable: (name) => ({ WEBSITE_KEY: ' web-secret\n', BLANK: '' })[name],
  file: (path) => ({ 'keys/crm': 'crm-secret\n', 'keys/empty': '\n' })[path],
};

const read = (text: string) => readSourcesFile('sources.yaml', text, SECRETS);

test('a source has a name, keys from the file, variables and files, and what it may report', () => {
  const text = `sources:
  - name: website
    keys: ["\${WEBSITE_KEY}", old-key]
    may: website
  - name: crm
    key_files: keys/crm
    may: [crm, cost_recorded, Quote accepted]
    may_not: [deal_lost]
  - { name: archive, may: [all] }
`;
  expect(read(text)).toEqual({
    ok: true,
    sources: [
      { name: 'website', keys: ['web-secret', 'old-key'], may: ['website'], mayNot: [] },
      { name: 'crm', keys: ['crm-secret'], may: ['crm', 'cost_recorded', 'Quote accepted'], mayNot: ['deal_lost'] },
      { name: 'archive', keys: [], may: ['all'], mayNot: [] },
    ],
  });
});

const variable = (name: string) => `\${${name}}`;
const one = (fields: string) => `sources:\n  - name: website\n    may: website\n    ${fields}\n`;
const KINDS = 'website, app, mail, crm, server, all';

test.each([
  ['nothing', '', 1, '`sources` is missing', /^write `sources: \[/],
  ['no list', 'sources: website\n', 1, '`sources` is the text "website", not a list', /^write `sources/],
  ['an empty list', 'sources: []\n', 1, '`sources` is empty', /^write `sources/],
  ['no YAML', 'sources: [\n', 1, /^not valid YAML/, /check indentation/],
  ['no name', 'sources:\n  - may: website\n', 2, '`name` is missing', /^write `name: website`/],
  ['a name with blanks', 'sources:\n  - may: all\n    name: My Site\n', 3, /My Site.* not an id/, /small letters/],
  [
    'no word on what it may',
    'sources:\n  - name: website\n',
    2,
    '`may` is missing',
    new RegExp(`^write one of ${KINDS}, or behaviours`),
  ],
  [
    'a misspelt kind',
    'sources:\n  - name: website\n    may: [websit]\n',
    3,
    'there is no websit',
    /^did you mean website\?/,
  ],
  ['a misspelt behaviour', one('may_not: [deal_wno, deal_won]'), 4, 'there is no deal_wno', /^did you mean deal_won\?/],
  ['a kind that it may not', one('may_not: crm'), 4, 'crm is a kind of source, not a behaviour', /page_viewed/],
  ['another key', one('kyes: [a]'), 4, 'unknown key `kyes`', /^did you mean `keys`\?/],
  ['a number as key', one('keys: [4711]'), 4, '`keys` holds something that is no text', /in quotes/],
  [
    'a variable that is not set',
    one(`keys: ["${variable('OTHER_KEY')}"]`),
    4,
    'the variable OTHER_KEY is not set',
    /^set OTHER_KEY/,
  ],
  ['a variable that is empty', one(`keys: ["${variable('BLANK')}"]`), 4, 'the variable BLANK is not set', /^set BLANK/],
  [
    'half a variable',
    one(`keys: ["x-${variable('WEBSITE_KEY')}"]`),
    4,
    'a key names a variable within other text',
    /alone/,
  ],
  [
    'a file that is not there',
    one('key_files: [keys/none]'),
    4,
    'there is no key in the file keys/none',
    /^name a file/,
  ],
  ['an empty file', one('key_files: keys/empty'), 4, 'there is no key in the file keys/empty', /^name a file/],
  [
    'a key that no header can carry',
    one('keys: ["a:b"]'),
    4,
    'the key has blanks, colons or letters beyond ASCII',
    /^take a key/,
  ],
  [
    'a name twice',
    `${one('')}  - { name: website, may: all }\n`,
    5,
    'the source website is there twice, first in line 2',
    /own name/,
  ],
  [
    'a key twice',
    `${one('keys: [a, b]')}  - { name: crm, may: crm, keys: [b] }\n`,
    5,
    'this key is there twice, first in line 4',
    /of its own/,
  ],
])('%s is a fault with its line and what to write', (_what, text, line, problem, remedy) => {
  const outcome = read(text);
  expect(outcome).toMatchObject({ ok: false });
  const [fault] = outcome.ok ? [] : outcome.faults;
  expect([fault?.file, fault?.line]).toEqual(['sources.yaml', line]);
  expect(fault?.problem).toMatch(problem);
  expect(fault?.remedy).toMatch(remedy);
});

test('all faults are told at once, and none shows a key', () => {
  const text =
    'sources:\n  - { name: A, may: x, keys: [secret-1, 7] }\n  - { name: b, may: all, keys: { secret-2: secret-3 } }\n  - { name: c, may: all, keys: "secret 4" }\n';
  const outcome = read(text);
  expect(outcome.ok ? [] : outcome.faults.map(({ line }) => line)).toEqual([2, 2, 3, 4]);
  expect(JSON.stringify(outcome)).not.toContain('secret');
});
