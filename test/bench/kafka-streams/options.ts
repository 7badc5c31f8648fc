import { Command, InvalidArgumentError } from 'commander';
import { WORKLOADS, type Workload } from '#test/bench/kafka-streams/workload';

export interface BenchOptions {
  readonly events: number;
  readonly leads: number;
  readonly runs: number;
  readonly only: readonly Workload[];
  readonly compression: string;
  /** Profiles of our processes go into this folder, and Kafka Streams is left out. */
  readonly profile?: string;
}

/** Throws commander's CommanderError, after the help or what is wrong has been printed. */
export function readOptions(args: readonly string[]): BenchOptions {
  const command = new Command('npm run bench -- kafka-streams')
    .description('The same folds in Kafka Streams and here, on one broker and one topic. Needs a JDK and Maven.')
    .option('--events <number>', 'in the topic', count, 1_000_000)
    .option('--leads <number>', 'that the events are of', count, 50_000)
    .option('--runs <number>', 'of each side, in turn', count, 3)
    .option('--only <workload>', `${WORKLOADS.join(', ')}; several times for several`, workload)
    .option('--compression <codec>', 'of what Kafka Streams writes: none, lz4, snappy, zstd', 'none')
    .option('--profile <folder>', 'writes CPU profiles of our processes, without Kafka Streams')
    .allowExcessArguments(false);
  command.parse(args, { from: 'user' });
  const { only = WORKLOADS, ...rest } = command.opts<Omit<BenchOptions, 'only'> & Partial<BenchOptions>>();
  return { ...rest, only };
}

function count(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1.');
  return Number(text);
}

function workload(text: string, before: readonly Workload[] = []): readonly Workload[] {
  const found = WORKLOADS.find((name) => name === text);
  if (found === undefined) throw new InvalidArgumentError(`It must be one of ${WORKLOADS.join(', ')}.`);
  return [...before, found];
}
