import type { Command } from 'commander';
import type { CommandContext } from '#app/cli/context';
import { modelFolder, modelOption } from '#app/cli/model-folder';
import { dataOption, jsonOption } from '#app/cli/options';

interface ImportOptions {
  readonly data: string;
  readonly model: string | undefined;
  readonly json?: boolean;
}

export function addImport(program: Command, { terminal, open, finish }: CommandContext): void {
  program
    .command('import')
    .summary('backfill events from a file')
    .description(
      "Reads NDJSON in Segment's shape (one event per line), runs the whole pipeline over it until it is idle, and prints a summary. Lines that cannot be read go to the dead letters. Interrupted and run again on the same input, it goes on as the same import.",
    )
    .argument('<file>', 'NDJSON file, or - for standard input')
    .addOption(dataOption())
    .addOption(modelOption())
    .addOption(jsonOption('{finished, lines, accepted, duplicates, dead_letters, leads, duration_ms}'))
    .addHelpText(
      'after',
      `
Examples:
  leadstream import events.ndjson --data ./data
  leadstream generate --leads 2000 --days 60 --seed 7 | leadstream import - --data ./try`,
    )
    .action(async (file: string, { data, model, json = false }: ImportOptions) => {
      const { importFile } = await import('#app/cli/import');
      finish(await importFile({ file, dir: data, modelDir: modelFolder(model), json }, terminal, open));
    });
}
