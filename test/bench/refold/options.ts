import { Command, InvalidArgumentError } from 'commander';
import { SUBJECTS, type Subject } from '#test/bench/refold/subject';

export interface BenchOptions {
  /** In the topic of the bench's fold, and the leads that they are of. */
  readonly events: number;
  readonly leads: number;
  /** Made-up people whose history identify has written. */
  readonly people: number;
  readonly runs: number;
  readonly only: readonly Subject[];
  /** CPU profiles of the processes that fold go into this folder. */
  readonly profile?: string;
}

/** Throws commander's CommanderError, after the help or what is wrong has been printed. */
export function readOptions(args: readonly string[]): BenchOptions {
  const command = new Command('npm run bench -- refold')
    .description('Folds deleted stores from a real broker again, as a starting instance does. Needs a JDK and Maven.')
    .option('--events <number>', "in the topic of the bench's fold", count, 400_000)
    .option('--leads <number>', 'that they are of', count, 50_000)
    .option(
      '--people <number>',
      "whose history score and identify fold; each is about 15 of identify's records",
      count,
      10_000,
    )
    .option('--runs <number>', 'of each', count, 3)
    .option('--only <subject>', `${SUBJECTS.join(', ')}; several times for several`, subject)
    .option('--profile <folder>', 'writes CPU profiles')
    .allowExcessArguments(false);
  command.parse(args, { from: 'user' });
  const { only = SUBJECTS, ...rest } = command.opts<Omit<BenchOptions, 'only'> & Partial<BenchOptions>>();
  return { ...rest, only };
}

function count(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1.');
  return Number(text);
}

function subject(text: string, before: readonly Subject[] = []): readonly Subject[] {
  const found = SUBJECTS.find((name) => name === text);
  if (found === undefined) throw new InvalidArgumentError(`It must be one of ${SUBJECTS.join(', ')}.`);
  return [...before, found];
}
