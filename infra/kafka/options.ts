import { Command, InvalidArgumentError } from 'commander';

export interface LocalOptions {
  /** Of the broker. */
  readonly port: number;
  readonly controllerPort: number;
  readonly registryPort: number;
  /** Holds what broker and registry keep. */
  readonly dir: string;
}

/** Throws commander's CommanderError, after the help or what is wrong has been printed. */
export function readOptions(args: readonly string[]): LocalOptions {
  const command = new Command('npm run kafka --')
    .description('Runs Apache Kafka and a schema registry on this machine, until Ctrl-C. Needs Java 17 and Maven.')
    .option('--port <port>', 'of Kafka', port, 9092)
    .option('--controller-port <port>', "of Kafka's controller, which only Kafka uses", port, 9093)
    .option('--registry-port <port>', 'of the schema registry', port, 8081)
    .option('--dir <folder>', 'keeps the data of both', 'data/kafka')
    .allowExcessArguments(false)
    .exitOverride();
  command.parse(args, { from: 'user' });
  return command.opts<LocalOptions>();
}

function port(text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < 1 || number > 65_535)
    throw new InvalidArgumentError('It must be a number from 1 to 65535.');
  return number;
}
