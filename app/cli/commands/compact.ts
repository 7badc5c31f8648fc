import type { Command } from 'commander';
import type { CommandContext } from '#app/cli/context';
import { dataOption, jsonOption } from '#app/cli/options';

interface CompactOptions {
  readonly data: string;
  readonly json?: boolean;
}

export function addCompact(program: Command, { terminal, finish }: CommandContext): void {
  program
    .command('compact')
    .summary('give room on the disk back')
    .description(
      'Rewrites the log and the stores of a data folder that nothing runs in: their files never shrink by themselves, and what has expired or was written twice leaves gaps. Needs as much free room as the largest of them takes. Killed at any instant, it leaves each of them as it was or as it becomes.',
    )
    .addOption(dataOption())
    .addOption(jsonOption('{log_before, log_after, stores_before, stores_after}, in bytes'))
    .addHelpText('after', '\nExamples:\n  leadstream compact\n  leadstream compact --data /var/lib/leadstream --json')
    .action(async ({ data, json = false }: CompactOptions) => {
      const { compact } = await import('#app/cli/compact');
      finish(await compact(data, json, terminal));
    });
}
