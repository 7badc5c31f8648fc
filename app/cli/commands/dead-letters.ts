import { type Command, Option } from 'commander';
import type { CommandContext } from '#app/cli/context';
import { dataOption, jsonOption, wholeNumber } from '#app/cli/options';

interface ListOptions {
  readonly data: string;
  readonly limit: number;
  readonly json?: boolean;
}

interface RetryOptions {
  readonly data: string;
  readonly all?: boolean;
  readonly json?: boolean;
}

export function addDeadLetters(program: Command, context: CommandContext): void {
  const deadLetters = program
    .command('dead-letters')
    .summary('list what could not be read, and send it again')
    .description('Records that could not be processed are kept with their original bytes and the reason.')
    .helpCommand(false);
  addList(deadLetters, context);
  addRetry(deadLetters, context);
}

function addList(deadLetters: Command, { terminal, open, finish }: CommandContext): void {
  deadLetters
    .command('list')
    .summary('show the dead letters, the newest first')
    .description('Prints time, id, reason, origin and what is wrong, one line for each, the newest first.')
    .addOption(dataOption())
    .addOption(
      new Option('--limit <n>', 'at most so many').default(100).argParser(wholeNumber(1, Number.MAX_SAFE_INTEGER)),
    )
    .addOption(jsonOption('one JSON object per line, with the original'))
    .addHelpText(
      'after',
      '\nExamples:\n  leadstream dead-letters list\n  leadstream dead-letters list --limit 5 --json',
    )
    .action(async ({ data, limit, json = false }: ListOptions) => {
      const { withFolder } = await import('#app/cli/with-folder');
      finish(await withFolder(data, { command: 'dead-letters list', limit, json }, terminal.answer, open));
    });
}

function addRetry(deadLetters: Command, { terminal, open, finish }: CommandContext): void {
  deadLetters
    .command('retry')
    .summary('send dead letters again')
    .description(
      'Sends dead letters through the pipeline again, e.g. after an upgrade that can read them. What was accepted meanwhile is not counted twice.',
    )
    .argument('[id...]', 'ids as "leadstream dead-letters list" shows them')
    .option('--all', 'all of them')
    .addOption(dataOption())
    .addOption(jsonOption('{retried, refused: [{dead_letter_id, detail}], unknown: [id]}'))
    .addHelpText('after', '\nExamples:\n  leadstream dead-letters retry 5f0c9a\n  leadstream dead-letters retry --all')
    .action(async (ids: string[], { data, all = false, json = false }: RetryOptions, command: Command) => {
      if (all === ids.length > 0) command.error('name the dead letters to send again, or --all of them');
      const { withFolder } = await import('#app/cli/with-folder');
      const request = { command: 'dead-letters retry', which: all ? 'all' : ids, json } as const;
      finish(await withFolder(data, request, terminal.answer, open));
    });
}
