import { faultLine } from '#app/check/print';
import type { ApplyOutcome } from '#app/cli/reports';
import type { Answer, ExitCode } from '#app/folder/answer';

export async function renderApply(outcome: ApplyOutcome, json: boolean, answer: Answer): Promise<ExitCode> {
  if (json) await answer.out(`${JSON.stringify(outcome)}\n`);
  if (outcome.kind === 'faulty') {
    for (const fault of json ? [] : outcome.faults) await answer.out(`${faultLine(fault)}\n`);
    await answer.err('leadstream: the model was not applied; mend its faults and run "leadstream check"\n');
    return 1;
  }
  if (json) return 0;
  for (const note of outcome.notes) await answer.out(`Note: ${note}${note.endsWith('?') ? '' : '.'}\n`);
  const said = outcome.kind === 'applied' ? 'governs from now on' : 'is in force already; nothing was changed';
  await answer.out(`Model ${outcome.version} ${said}.\n`);
  return 0;
}
