import { expect, test } from 'vitest';
import { edited, faultsOf, modelOf } from '#lib/model/given';

const when = (written: string) => edited('stages.yaml', 'when: { active: true }', `when: ${written}`);

test('`been_in` names a stage, or several', () => {
  const moves = modelOf(when('{ active: true, been_in: mql }')).stages.moves;
  expect(moves.at(-1)?.when).toContainEqual({ kind: 'been', stages: ['mql'] });
  const several = modelOf(when('{ active: true, been_in: [lead, mql] }')).stages.moves;
  expect(several.at(-1)?.when).toContainEqual({ kind: 'been', stages: ['lead', 'mql'] });
});

test('a stage that is not there is a fault', () => {
  expect(faultsOf(when('{ active: true, been_in: mqll }'))).toMatchObject([
    { file: 'stages.yaml', line: 29, problem: 'there is no stage mqll', remedy: 'did you mean mql?' },
  ]);
});
