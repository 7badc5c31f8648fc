import { Command, InvalidArgumentError } from 'commander';
import type { Sizes } from '#test/bench/storms/calls';

export interface BenchOptions extends Sizes {
  /** CPU profiles of the processes go into this folder. */
  readonly profile?: string;
}

/** Throws commander's CommanderError, after the help or what is wrong has been printed. */
export function readOptions(args: readonly string[]): BenchOptions {
  const command = new Command('npm run bench -- storms')
    .description('Storms of identity in one process with everything in it, and how long others wait meanwhile.')
    .option('--visitors <number>', 'who become known', count, 100_000)
    .option('--over <seconds>', 'in so long; 0: as fast as they are taken', seconds, 60)
    .option('--events <number>', 'of one visitor who becomes known', count, 100_000)
    .option('--joins <number>', 'in a chain, from its oldest lead on', count, 1000)
    .option('--backwards <number>', 'in a chain from its newest lead on: each moves all that came before', count, 200)
    .option('--profile <folder>', 'writes CPU profiles')
    .allowExcessArguments(false);
  command.parse(args, { from: 'user' });
  return command.opts<BenchOptions>();
}

function count(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1.');
  return Number(text);
}

function seconds(text: string): number {
  return text === '0' ? 0 : count(text);
}
