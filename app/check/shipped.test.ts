import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { checkModel } from '#app/check/check';
import { createFoldHarness } from '#app/check/folds';
import { sha256 } from '#lib/hash/sha256';
import { createCompiler } from '#lib/model/compile';
import { readModel, readModelTests } from '#lib/model/files';

const folder = fileURLToPath(new URL('../../model', import.meta.url));

test('the model in model/ has no faults, and the services keep every promise written beside it', async () => {
  const harness = createFoldHarness({ compile: createCompiler(), hash: sha256 });

  const { faults, tests } = checkModel(await readModel(folder), await readModelTests(folder), harness);

  expect(faults).toEqual([]);
  expect(tests.filter(({ passed }) => !passed)).toEqual([]);
  expect(tests.length).toBeGreaterThan(30);
});
