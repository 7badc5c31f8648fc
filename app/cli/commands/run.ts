import type { Command } from 'commander';
import type { CommandContext } from '#app/cli/context';
import { modelFolder, modelOption } from '#app/cli/model-folder';
import { addKafkaFlags, addServiceFlags } from '#app/kafka/flags';
import type { FlagValues } from '#app/kafka/names';
import { CHAIN, isRunnable, PARTS } from '#app/kafka/parts';

interface RunOptions extends FlagValues {
  readonly model?: string;
}

export function addRun(program: Command, { terminal, finish }: CommandContext): void {
  const command = program
    .command('run')
    .summary('run services on Kafka')
    .description(
      `Runs one service, several, or all of them in this process: ${PARTS.join(', ')}. Each is a consumer group of its own; start it as often as there is work for. Runs until Ctrl-C, then hands its partitions over.`,
    )
    .argument('[service...]', 'what to run; everything if none is named')
    .addOption(modelOption());
  addServiceFlags(addKafkaFlags(command))
    .addHelpText(
      'after',
      `
${CHAIN} runs the three folds chained in one task: the same output, faster. Stay with what was first run on a log.
Passwords and certificates come from variables, see "leadstream topics --help".

Examples:
  leadstream run
  leadstream run score --brokers kafka-1:9092 --registry http://registry:8081
  leadstream run collect identify ${CHAIN} handoff`,
    )
    .action(async (names: string[], { model, ...flags }: RunOptions) => {
      const parts = names.length === 0 ? [...PARTS] : names.filter(isRunnable);
      const unknown = names.find((name) => !isRunnable(name));
      if (unknown !== undefined) command.error(`there is no service ${unknown}: ${[...PARTS, CHAIN].join(', ')}`);
      const { withSettings } = await import('#app/cli/with-settings');
      finish(
        await withSettings(flags, terminal, async (settings) => {
          if (parts.includes('dashboard') && !parts.includes('analyze') && settings.clickhouse === undefined) {
            command.error(
              'the dashboard shows what analyze writes: run both in one process, or name their server with --clickhouse',
            );
          }
          const { runServices } = await import('#app/cli/run-services');
          return runServices({ parts, modelDir: modelFolder(model) }, settings, terminal);
        }),
      );
    });
}
