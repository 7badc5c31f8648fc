import type { Command } from 'commander';
import type { CommandContext } from '#app/cli/context';
import { jsonOption } from '#app/cli/options';
import { addKafkaFlags, addTopicFlags } from '#app/kafka/flags';
import type { FlagValues } from '#app/kafka/names';

interface TopicsOptions extends FlagValues {
  readonly check?: boolean;
  readonly json?: boolean;
}

export function addTopics(program: Command, { terminal, finish }: CommandContext): void {
  const command = program
    .command('topics')
    .summary("create or check Kafka's topics")
    .description(
      'Creates the topics that are missing on Kafka, and says what differs from what Leadstream needs. Existing topics are never changed. Exits with 1 if services could not run on them.',
    )
    .option('--check', 'create nothing; a missing topic is a failure too')
    .addOption(
      jsonOption(
        '{ok, topics: [{topic, partitions, replicas, retention, status}], differences: [{severity, where, what, is, should, remedy}]}',
      ),
    );
  addTopicFlags(addKafkaFlags(command))
    .addHelpText(
      'after',
      `
Passwords and certificates come from variables: LEADSTREAM_SASL_MECHANISM (plain, scram-sha-256 or scram-sha-512),
LEADSTREAM_SASL_USER, LEADSTREAM_SASL_PASSWORD; LEADSTREAM_TLS_CA, LEADSTREAM_TLS_CERT and LEADSTREAM_TLS_KEY name PEM files.
So does the key that identify and the dashboard hash identifiers with: LEADSTREAM_IDENTITY_KEY, or LEADSTREAM_IDENTITY_KEY_FILE.

Examples:
  leadstream topics
  leadstream topics --brokers kafka-1:9092,kafka-2:9092 --tls --partitions 12
  leadstream topics --check --json`,
    )
    .action(async ({ check = false, json = false, ...flags }: TopicsOptions) => {
      const { withSettings } = await import('#app/cli/with-settings');
      finish(
        await withSettings(flags, terminal, async ({ kafka, topics }) => {
          const { settleTopics } = await import('#lib/log/kafka/topics/settle');
          const { renderTopics } = await import('#app/cli/render/topics');
          const { signal } = terminal.answer;
          const report = await Promise.race([settleTopics({ kafka, ...topics, checkOnly: check }), brokenOff(signal)]);
          return renderTopics(report, json, terminal.answer);
        }),
      );
    });
}

/** Rejects when the command is interrupted: a cluster that does not answer is waited for no longer. */
function brokenOff(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
