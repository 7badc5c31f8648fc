import type { Command } from 'commander';
import type { CommandContext } from '#app/cli/context';
import { modelFolder, modelOption } from '#app/cli/model-folder';
import { dataOption, jsonOption } from '#app/cli/options';
import { addKafkaFlags, addSourceFlags } from '#app/kafka/flags';
import type { FlagValues } from '#app/kafka/names';

interface ImportOptions extends FlagValues {
  readonly data: string;
  readonly model: string | undefined;
  readonly json?: boolean;
  readonly kafka?: boolean;
}

export function addImport(program: Command, { terminal, open, finish }: CommandContext): void {
  const command = program
    .command('import')
    .summary('backfill events from a file')
    .description(
      "Reads NDJSON in Segment's shape (one event per line), runs the whole pipeline over it until it is idle, and prints a summary. Lines that cannot be read go to the dead letters. Interrupted and run again on the same input, it goes on as the same import.",
    )
    .argument('<file>', 'NDJSON file, or - for standard input')
    .addOption(dataOption())
    .addOption(modelOption())
    .addOption(jsonOption('{finished, lines, accepted, duplicates, dead_letters, leads, duration_ms}'))
    .option('--kafka', 'into the topics of services that "leadstream run" runs, in place of the data folder');
  addSourceFlags(addKafkaFlags(command))
    .addHelpText(
      'after',
      `
Examples:
  leadstream import events.ndjson --data ./data
  leadstream generate --leads 2000 --days 60 --seed 7 | leadstream import - --data ./try
  leadstream import events.ndjson --kafka --brokers kafka-1:9092 --registry http://registry:8081`,
    )
    .action(async (file: string, { data, model, json = false, kafka = false, ...flags }: ImportOptions) => {
      if (kafka) {
        const { withSettings } = await import('#app/cli/with-settings');
        const { importFileToKafka } = await import('#app/cli/import-kafka');
        const options = { file, dir: data, modelDir: modelFolder(model), json };
        finish(await withSettings(flags, terminal, (settings) => importFileToKafka(options, settings, terminal)));
        return;
      }
      const { importFile } = await import('#app/cli/import');
      finish(await importFile({ file, dir: data, modelDir: modelFolder(model), json }, terminal, open));
    });
}
