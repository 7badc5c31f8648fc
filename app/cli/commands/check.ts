import type { Command } from 'commander';
import type { CommandContext } from '#app/cli/context';
import { modelFolder, modelOption } from '#app/cli/model-folder';
import { jsonOption } from '#app/cli/options';

interface CheckOptions {
  readonly model: string | undefined;
  readonly json?: boolean;
}

export function addCheck(program: Command, { terminal, check, finish }: CommandContext): void {
  program
    .command('check')
    .summary('check a model and run its tests')
    .description(
      'Reads the model, names each fault with file, line and remedy, and runs the tests that stand beside its rules. Exits with 1 if there is a fault or a test fails.',
    )
    .addOption(modelOption())
    .addOption(jsonOption('{ok, model_version, faults, tests: [{file, line, name, passed, detail}]}'))
    .addHelpText('after', '\nExamples:\n  leadstream check\n  leadstream check --model ./model-2026')
    .action(async ({ model, json = false }: CheckOptions) => {
      const { isClean } = await import('#app/check/check');
      const { printCheck } = await import('#app/check/print');
      const report = await check(modelFolder(model));
      const clean = isClean(report);
      await terminal.answer.out(json ? `${JSON.stringify({ ok: clean, ...report })}\n` : printCheck(report));
      if (clean) return;
      await terminal.answer.err('leadstream: the model must not be applied as it is; mend what is listed\n');
      finish(1);
    });
}
