import { expect, test } from 'vitest';
import { createCompiler } from '#lib/model/compile';
import { FILES } from '#lib/model/given';

const compile = createCompiler();

const PLAIN = `engine: 4
rules:
  - { id: trial, on: trial_started, points: 25 }
  - { id: page, on: page_viewed, points: 5 }
`;

function capsOf(scoring: string): string {
  const compiled = compile({ ...FILES, 'scoring.yaml': scoring });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.faults));
  return compiled.model.scoring.caps;
}

const CAPPED = `${PLAIN}cap: 100\n`;

test('a model without caps has none, whatever its rules', () => {
  expect(capsOf(PLAIN)).toBe('');
  expect(capsOf(PLAIN.replace('points: 5', 'points: 9, half_life: 3d'))).toBe('');
});

test.each([
  ['a cap of the total', PLAIN, CAPPED],
  ['another cap of the total', CAPPED, `${PLAIN}cap: 90\n`],
  ['a cap of a rule', PLAIN, PLAIN.replace('points: 5', 'points: 5, cap: 20')],
  ['the cap of a rule taken away', CAPPED.replace('points: 5', 'points: 5, cap: 20'), CAPPED],
  ['a rule that is gone: it keeps its own cap', CAPPED, CAPPED.replace(/.*trial.*\n/, '')],
  [
    'the cap of a group',
    `${CAPPED.replace('points: 5', 'points: 5, group: site')}groups: [{ id: site, cap: 60 }]\n`,
    `${CAPPED.replace('points: 5', 'points: 5, group: site')}groups: [{ id: site, cap: 50 }]\n`,
  ],
  [
    'another group of a rule',
    `${CAPPED.replace('points: 5', 'points: 5, group: site')}groups: [{ id: site, cap: 60 }, { id: mail, cap: 60 }]\n`,
    `${CAPPED.replace('points: 5', 'points: 5, group: mail')}groups: [{ id: site, cap: 60 }, { id: mail, cap: 60 }]\n`,
  ],
])('%s makes other caps', (_what, before, after) => {
  expect(capsOf(after)).not.toBe(capsOf(before));
});

test('points, fading and the order of rules make no others', () => {
  expect(capsOf(CAPPED.replace('points: 25', 'points: 30, half_life: 3d'))).toBe(capsOf(CAPPED));
  const [first = '', second = ''] = PLAIN.split('\n').slice(2, 4);
  expect(capsOf(CAPPED.replace(`${first}\n${second}`, `${second}\n${first}`))).toBe(capsOf(CAPPED));
});
