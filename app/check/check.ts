import type { ModelHarness } from '#app/check/harness';
import { runTest, type TestResult } from '#app/check/run';
import { type KnownNames, readTests } from '#app/check/test-file';
import { createCompiler } from '#lib/model/compile';
import type { Model, ModelFault, ModelFiles } from '#lib/model/model';
import { openSource } from '#lib/model/source';

export interface ModelCheck {
  /** Version of the model; null while it has faults. */
  readonly model_version: string | null;
  /** What is wrong with the model's files and the tests' files. */
  readonly faults: readonly ModelFault[];
  /** One result per test; none while the model has faults. */
  readonly tests: readonly TestResult[];
}

/** Checks a model and runs the tests beside it. A test that cannot be read is a fault. */
export function checkModel(files: ModelFiles, tests: ModelFiles, harness: ModelHarness): ModelCheck {
  const compiled = createCompiler(1)(files);
  const faults: ModelFault[] = compiled.ok ? [] : [...compiled.faults];
  const model = compiled.ok ? compiled.model : undefined;
  const results = Object.keys(tests)
    .sort()
    .flatMap((file) => {
      const program = programOf(file);
      const source = openSource(file, tests[file] ?? '', faults);
      if (source === undefined) return [];
      if (model !== undefined && program !== undefined && !model.programs.some(({ id }) => id === program)) {
        source.report(
          [],
          `there is no program ${program}`,
          `name the file after a program, or add programs/${program}.yaml`,
        );
        return [];
      }
      const cases = readTests(source, namesIn(model, program));
      return model === undefined ? [] : cases.map((test) => runTest(test, { model, files }, harness, program));
    });
  return { model_version: model?.version ?? null, faults, tests: results };
}

/** Whether there is nothing to mend. */
export function isClean({ faults, tests }: ModelCheck): boolean {
  return faults.length === 0 && tests.every(({ passed }) => passed);
}

/** programs/white-paper.test.yaml is about the program white-paper. */
function programOf(file: string): string | undefined {
  return /^programs\/(.+)\.test\.ya?ml$/.exec(file)?.[1];
}

function namesIn(model: Model | undefined, program: string | undefined): KnownNames {
  if (model === undefined) return { stages: new Set(), triggers: new Set() };
  const { initial, moves } = model.stages;
  const triggers = model.programs
    .filter(({ id }) => program === undefined || id === program)
    .flatMap(({ id, steps }) => steps.map((step) => (program === undefined ? `${id}/${step.id}` : step.id)));
  return { stages: new Set([initial, ...moves.map(({ to }) => to)]), triggers: new Set(triggers) };
}
