import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { PLACEHOLDERS } from '#lib/identity/placeholders';
import { FILES, faultsOf, modelOf } from '#lib/model/given';

test('the list that ships in the model is the one that holds without it', async () => {
  const text = await readFile(new URL('../../model/identity.yaml', import.meta.url), 'utf8');
  expect(parse(text)).toEqual({ nobody: PLACEHOLDERS });
  expect(faultsOf({ ...FILES, 'identity.yaml': text })).toEqual([]);
});

test('a model without identity.yaml knows what comes along', () => {
  const { identity } = modelOf(FILES);
  expect(['guest', '{{ user.id }}', 'kunde'].map(identity.namesNobody)).toEqual([true, true, false]);
});

test('identity.yaml has the word on what is no id', () => {
  const { identity } = modelOf({ ...FILES, 'identity.yaml': 'nobody: [kunde, "{{...}}"]\n' });
  expect(['guest', '{{ user.id }}', 'KUNDE'].map(identity.namesNobody)).toEqual([false, true, true]);
});

test.each([
  ['a value without quotes', 'nobody:\n  - guest\n  - null\n', 3, 'an entry of `nobody` is null, not a text'],
  ['a number', 'nobody:\n  - 0\n', 2, 'an entry of `nobody` is 0, not a text'],
  ['no list', 'nobody: guest\n', 1, '`nobody` is the text "guest", not a list'],
  ['nothing', '{}\n', 1, '`nobody` is missing'],
  ['an empty file', '', 1, 'the content of identity.yaml is empty'],
  [
    'any text',
    'nobody:\n  - guest\n  - x...\n',
    3,
    'an entry of `nobody` is the text "x...", which stands for nearly any id',
  ],
  ['two gaps', 'nobody:\n  - a...b...c\n', 2, 'an entry of `nobody` has ... more than once'],
  ['an empty entry', 'nobody:\n  - " "\n', 2, 'an entry of `nobody` is empty'],
  ['an entry twice', 'nobody:\n  - guest\n  - none\n  - Guest\n', 4, 'Guest is there twice, first in line 2'],
  ['another key', 'nobody: []\nnobdy: []\n', 2, 'unknown key `nobdy`'],
])('%s is a fault with its line', (_what, text, line, problem) => {
  const faults = faultsOf({ ...FILES, 'identity.yaml': text });
  expect(faults).toMatchObject([{ file: 'identity.yaml', line, problem }]);
  expect(faults[0]?.remedy).not.toBe('');
});
