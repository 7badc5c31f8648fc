import { type Command, Option } from 'commander';
import type { CommandContext } from '#app/cli/context';
import { dataOption, formatName, jsonOption } from '#app/cli/options';

interface SqlOptions {
  readonly data: string;
  readonly format: string;
  readonly json?: boolean;
}

export function addSql(program: Command, { terminal, open, finish }: CommandContext): void {
  program
    .command('sql')
    .summary('query the tables for analysts')
    .description(
      'Runs a query on the ClickHouse tables of a data folder and prints its rows. While "leadstream start" runs on the folder, it is the one that answers.',
    )
    .argument('<query>', 'a SELECT in ClickHouse SQL')
    .addOption(dataOption())
    .addOption(
      new Option('--format <name>', 'ClickHouse output format').default('TabSeparatedWithNames').argParser(formatName),
    )
    .addOption(jsonOption('one JSON object per row (JSONEachRow)').conflicts('format'))
    .addHelpText(
      'after',
      `
Tables: activities, score_changes, stage_changes, leads, triggers, handoffs, dead_letters, funnel.
Their columns: leadstream sql "DESCRIBE leads"

Examples:
  leadstream sql "SELECT stage, count() FROM leads GROUP BY stage"
  leadstream sql "SELECT * FROM triggers ORDER BY at DESC LIMIT 10" --format Pretty
  leadstream sql "SELECT lead_id, score FROM leads WHERE stage = 'mql'" --json > mqls.ndjson`,
    )
    .action(async (query: string, { data, format, json = false }: SqlOptions) => {
      const { withFolder } = await import('#app/cli/with-folder');
      const request = { command: 'sql', query, format: json ? 'JSONEachRow' : format } as const;
      finish(await withFolder(data, request, terminal.answer, open));
    });
}
