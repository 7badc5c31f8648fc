import type { Command } from 'commander';
import type { CommandContext } from '#app/cli/context';
import { dataOption, jsonOption } from '#app/cli/options';

interface FunnelOptions {
  readonly data: string;
  readonly json?: boolean;
}

export function addFunnel(program: Command, { terminal, open, finish }: CommandContext): void {
  program
    .command('funnel')
    .summary('show how many leads are in each stage')
    .description('Prints, stage by stage, how many leads are in it now and how many ever reached it.')
    .addOption(dataOption())
    .addOption(jsonOption('a JSON array of {stage, leads, reached}'))
    .addHelpText('after', '\nExamples:\n  leadstream funnel\n  leadstream funnel --data ./march --json')
    .action(async ({ data, json = false }: FunnelOptions) => {
      const { withFolder } = await import('#app/cli/with-folder');
      finish(await withFolder(data, { command: 'funnel', json }, terminal.answer, open));
    });
}
