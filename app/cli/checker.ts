import type { CheckModel } from '#app/cli/ports';

/** Loads the compiler of models and the folds only when a model is checked. */
export const checkModel: CheckModel = async (dir) => {
  const [{ checkModel: check }, { createFoldHarness }, { createCompiler }, { readModel, readModelTests }, { sha256 }] =
    await Promise.all([
      import('#app/check/check'),
      import('#app/check/folds'),
      import('#lib/model/compile'),
      import('#lib/model/files'),
      import('#lib/hash/sha256'),
    ]);
  const harness = createFoldHarness({ compile: createCompiler(1), hash: sha256 });
  return check(await readModel(dir), await readModelTests(dir), harness);
};
