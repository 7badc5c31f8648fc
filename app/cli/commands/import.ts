import { join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CommandContext } from '#app/cli/context';
import { modelFolder, modelOption } from '#app/cli/model-folder';
import { cacheOption, dataOption, jsonOption, threadsOption } from '#app/cli/options';
import { ImportRefused } from '#app/import/refused';
import { publisherNamed } from '#app/import/source';
import { addKafkaFlags, addSourceFlags } from '#app/kafka/flags';
import type { FlagValues } from '#app/kafka/names';

interface ImportOptions extends Omit<FlagValues, 'cache'> {
  readonly data: string;
  readonly model: string | undefined;
  readonly cache: number | undefined;
  readonly threads: number | undefined;
  readonly source?: string;
  readonly asItComes?: boolean;
  readonly historic?: boolean;
  readonly json?: boolean;
  readonly kafka?: boolean;
  readonly spool?: string;
}

/** Where an import into Kafka keeps its sorted lines, in the data folder. */
const SPOOL = 'import-spool';

export function addImport(program: Command, { terminal, open, finish }: CommandContext): void {
  const command = program
    .command('import')
    .summary('backfill events from files')
    .description(
      "Reads NDJSON in Segment's shape (one event per line), sorts all files together by time, runs the whole pipeline over them until it is idle, and prints a summary. The order of lines and files makes no difference; a line twice is one event. Lines that cannot be read, or are dated in the future, go to the dead letters. Interrupted and run again on the same input, it goes on as the same import; from standard input, once it was read, also with no input: < /dev/null.",
    )
    .argument('<files...>', 'NDJSON files, or - for standard input')
    .addOption(dataOption())
    .addOption(modelOption())
    .addOption(cacheOption())
    .addOption(threadsOption())
    .addOption(
      new Option(
        '--source <name>',
        'the source whose events these are: what it also sent live, by messageId, counts once',
      ).argParser(sourceName),
    )
    .option('--historic', 'take events from before what is logged already: they are received now, and set nothing off')
    .option(
      '--as-it-comes',
      'log one input in its own order, received as it is read: for a pipe that cannot wait to be sorted',
    )
    .addOption(
      jsonOption('{finished, known, lines, accepted, duplicates, dead_letters, in_the_future, leads, duration_ms}'),
    )
    .option('--kafka', 'into the topics of services that "leadstream run" runs, in place of the data folder')
    .option(
      '--spool <dir>',
      `with --kafka: the folder that keeps the sorted lines meanwhile (default: ${SPOOL} in the data folder)`,
    );
  addSourceFlags(addKafkaFlags(command))
    .addHelpText(
      'after',
      `
Examples:
  leadstream import events.ndjson --data ./data
  leadstream import 2024.ndjson 2025.ndjson crm.ndjson --data ./data
  leadstream import website.ndjson --source website --historic
  leadstream generate --leads 2000 --days 60 --seed 7 | leadstream import - --data ./try
  leadstream import events.ndjson --kafka --brokers kafka-1:9092 --registry http://registry:8081`,
    )
    .action(async (files: string[], options: ImportOptions) => {
      const {
        data,
        model,
        cache,
        threads,
        source,
        asItComes = false,
        historic = false,
        json = false,
        kafka = false,
        spool,
        ...flags
      } = options;
      if (asItComes && files.length > 1)
        command.error('--as-it-comes takes one input: without it files are sorted together');
      if (spool !== undefined && !kafka)
        command.error('--spool goes with --kafka: else the data folder keeps the sorted lines');
      const told = { files, source, sorted: !asItComes, historic, dir: data, modelDir: modelFolder(model), json };
      if (kafka) {
        const { withSettings } = await import('#app/cli/with-settings');
        const { importFilesToKafka } = await import('#app/cli/import-kafka');
        const importing = { ...told, spool: spool ?? join(data, SPOOL) };
        finish(await withSettings(flags, terminal, (settings) => importFilesToKafka(importing, settings, terminal)));
        return;
      }
      const { importFiles } = await import('#app/cli/import');
      finish(await importFiles({ ...told, cache, threads }, terminal, open));
    });
}

function sourceName(text: string): string {
  try {
    return publisherNamed(text);
  } catch (error) {
    throw error instanceof ImportRefused ? new InvalidArgumentError(error.message) : error;
  }
}
