import type { Command } from 'commander';
import type { CommandContext } from '#app/cli/context';
import { dataOption, jsonOption } from '#app/cli/options';

interface VerifyOptions {
  readonly data: string;
  readonly json?: boolean;
}

export function addVerify(program: Command, { terminal, open, finish }: CommandContext): void {
  program
    .command('verify')
    .summary('recompute everything from the log and compare')
    .description(
      'Recomputes leads, scores, stages, triggers, handoffs and the tables from the log alone and compares them with what is stored. Exits with 1 and names each difference if there is any. On a folder that is running, events are still accepted meanwhile.',
    )
    .addOption(dataOption())
    .addOption(jsonOption('{ok, compared: [{what, count}], differences: [{where, key, stored, recomputed}]}'))
    .addHelpText('after', '\nExamples:\n  leadstream verify\n  leadstream verify --data ./march --json')
    .action(async ({ data, json = false }: VerifyOptions) => {
      const { withFolder } = await import('#app/cli/with-folder');
      finish(await withFolder(data, { command: 'verify', json }, terminal.answer, open));
    });
}
