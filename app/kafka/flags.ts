import { type Command, Option } from 'commander';
import { SETTINGS, type Setting, type SettingNames } from '#app/kafka/names';

/** The flags of every command that connects to Kafka. */
export function addKafkaFlags(command: Command): Command {
  return addFlags(command, ['brokers', 'prefix', 'tls']);
}

/** The flags of a command that runs services, beside those of addKafkaFlags. */
export function addServiceFlags(command: Command): Command {
  return addFlags(command, ['registry', 'clickhouse', 'data', 'host', 'port', 'operationPort', 'sources', 'cache']);
}

/** The flags of a command that publishes and asks, beside those of addKafkaFlags. */
export function addSourceFlags(command: Command): Command {
  return addFlags(command, ['registry', 'clickhouse']);
}

/** The flag of a command that reads and writes records only, beside those of addKafkaFlags. */
export function addRegistryFlag(command: Command): Command {
  return addFlags(command, ['registry']);
}

/** The flags of a command that creates topics, beside those of addKafkaFlags. */
export function addTopicFlags(command: Command): Command {
  return addFlags(command, ['partitions', 'replication', 'retentionDays']);
}

/** No flag has a default of its own: one that is not given leaves the word to its variable. */
function addFlags(command: Command, settings: readonly Setting[]): Command {
  for (const setting of settings) {
    const { variable, flag, help }: SettingNames = SETTINGS[setting];
    if (flag === undefined) continue;
    command.addOption(new Option(flag, `${help ?? ''} [${variable}]`));
    if (!flag.includes('<')) command.addOption(new Option(flag.replace('--', '--no-')).hideHelp());
  }
  return command;
}
