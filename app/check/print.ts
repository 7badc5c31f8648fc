import type { ModelCheck } from '#app/check/check';
import type { ModelFault } from '#lib/model/model';

/** A check as people read it: what is wrong first, the sums last. Ends with a line break. */
export function printCheck({ model_version, faults, tests }: ModelCheck): string {
  const failed = tests.filter(({ passed }) => !passed);
  const lines = [
    ...faults.map(faultLine),
    ...failed.flatMap(({ file, line, name, detail }) => [
      `${file}:${line} failed: ${name}`,
      ...detail.map((each) => `  ${each}`),
    ]),
    model_version === null
      ? `the model has faults; its tests were not run (${faults.length} ${faults.length === 1 ? 'fault' : 'faults'})`
      : `model ${model_version}: ${faults.length} faults, ${tests.length - failed.length} tests passed, ${failed.length} failed`,
  ];
  return `${lines.join('\n')}\n`;
}

/** scoring.yaml:12 what is wrong; what to do */
export function faultLine({ file, line, problem, remedy }: ModelFault): string {
  return `${file}:${line} ${problem}; ${remedy}`;
}
