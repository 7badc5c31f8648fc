import type { Command } from 'commander';
import type { CommandContext } from '#app/cli/context';
import { jsonOption } from '#app/cli/options';
import { addKafkaFlags, addRegistryFlag } from '#app/kafka/flags';
import type { FlagValues } from '#app/kafka/names';

interface RecoverOptions extends FlagValues {
  readonly json?: boolean;
}

export function addRecover(program: Command, { terminal, finish }: CommandContext): void {
  const command = program
    .command('recover')
    .summary('find the lost positions of a service on Kafka')
    .description(
      "For a service that refuses to start because its group's offsets are gone: recomputes from the log which of its input it had worked off, and commits that, so that it goes on where it was and sends nothing twice. Offsets that are still there stay. Stop the service first.",
    )
    .argument('<service>', 'identify, score, stage, trigger, handoff, or a chain such as score+stage+trigger')
    .addOption(jsonOption('{service, recovered: [{topic, partition, offset, cursor}]}'));
  addRegistryFlag(addKafkaFlags(command))
    .addHelpText(
      'after',
      '\nExamples:\n  leadstream recover trigger\n  leadstream recover score --brokers kafka-1:9092',
    )
    .action(async (service: string, { json = false, ...flags }: RecoverOptions) => {
      const { withSettings } = await import('#app/cli/with-settings');
      const { recoverService } = await import('#app/cli/recover');
      finish(await withSettings(flags, terminal, (settings) => recoverService(service, settings, json, terminal)));
    });
}
