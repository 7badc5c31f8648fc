import type { Command } from 'commander';
import type { CommandContext } from '#app/cli/context';
import { CommandFailed } from '#app/cli/failure';
import { modelFolder, modelOption } from '#app/cli/model-folder';
import { dataOption, jsonOption } from '#app/cli/options';

interface ApplyOptions {
  readonly data: string;
  readonly model: string | undefined;
  readonly json?: boolean;
}

export function addApply(program: Command, { terminal, open, check, finish }: CommandContext): void {
  program
    .command('apply')
    .summary('put a model into force')
    .description(
      'Writes the model into the log: it governs everything from there on. A model with faults is refused, and so is one that fails a test of its own; the one in force stays. "leadstream check" names what is wrong. Told with it: what the model waits for and nobody ever sent, and programs and stages that end.',
    )
    .addOption(modelOption())
    .addOption(dataOption())
    .addOption(jsonOption('{kind: applied | unchanged | faulty, version, notes, faults}'))
    .addHelpText('after', '\nExamples:\n  leadstream apply\n  leadstream apply --model ./model-2026 --data ./data')
    .action(async ({ data, model, json = false }: ApplyOptions) => {
      const { readModel } = await import('#lib/model/files');
      const { refusalBy } = await import('#app/check/refusal');
      const { withFolder } = await import('#app/cli/with-folder');
      const folder = modelFolder(model);
      const files = await readModel(folder);
      if (Object.keys(files).length === 0) {
        throw new CommandFailed(`there are no .yaml files in ${folder}; name the model's folder with --model`);
      }
      const refusal = refusalBy(await check(folder), folder);
      if (refusal !== undefined) throw new CommandFailed(refusal);
      finish(await withFolder(data, { command: 'apply', files, json }, terminal.answer, open));
    });
}
