import type { ModelCheck } from '#app/check/check';
import { faultLine } from '#app/check/print';

/**
 * Why a model that has no fault itself must not come into force: a test beside it cannot be read, or fails. One plain line;
 * undefined: nothing is against it.
 */
export function refusalBy({ faults, tests }: ModelCheck, folder: string): string | undefined {
  const unread = faults.find(({ file }) => /\.test\.ya?ml$/.test(file));
  if (unread !== undefined) return `a test beside the model cannot be read: ${faultLine(unread)}`;
  const failing = tests.filter(({ passed }) => !passed).length;
  if (failing === 0) return undefined;
  return `the model fails ${failing === 1 ? 'a test' : `${failing} tests`} of its own; see "leadstream check --model ${folder}"`;
}
