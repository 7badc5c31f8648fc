import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { FILES, faultsOf } from '#lib/model/given';

test('the models that model/README.md shows have no faults', async () => {
  const readme = await readFile(new URL('../../model/README.md', import.meta.url), 'utf8');
  const [scoring = ''] = /engine: 4[\s\S]*?(?=```)/.exec(readme) ?? [];
  const [ladder = ''] = /ladder: .*\nbeside: \[trial[\s\S]*?(?=```)/.exec(readme) ?? [];

  expect(scoring).toContain('grade:');
  expect(ladder).toContain('moves:');
  expect(faultsOf({ ...FILES, 'scoring.yaml': scoring, 'stages.yaml': ladder })).toEqual([]);
});
