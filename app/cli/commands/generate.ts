import { type Command, Option } from 'commander';
import type { CommandContext } from '#app/cli/context';
import { wholeNumber } from '#app/cli/options';

interface GenerateOptions {
  readonly leads: number;
  readonly days: number;
  readonly seed: number;
}

/** Lines go out in pieces of about so many characters. */
const PIECE = 64 * 1024;

export function addGenerate(program: Command, { terminal }: CommandContext): void {
  program
    .command('generate')
    .summary('print realistic events to try things with')
    .description(
      "Prints the events of made-up visitors and leads as NDJSON in Segment's shape, sorted by time. The same options give the same bytes.",
    )
    .addOption(new Option('--leads <n>', 'how many people').default(1000).argParser(wholeNumber(1, 2 ** 30)))
    .addOption(new Option('--days <n>', 'how many days their events span').default(30).argParser(wholeNumber(1, 3650)))
    .addOption(
      new Option('--seed <n>', 'another number gives other people')
        .default(1)
        .argParser(wholeNumber(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)),
    )
    .addHelpText(
      'after',
      `
Examples:
  leadstream generate --leads 2000 --days 60 --seed 7 > events.ndjson
  leadstream generate --leads 2000 --days 60 --seed 7 | leadstream import - --data ./try`,
    )
    .action(async (options: GenerateOptions) => {
      const { generate } = await import('#app/generator/generate');
      let piece = '';
      for (const line of generate(options)) {
        piece += line;
        if (piece.length < PIECE) continue;
        await terminal.answer.out(piece);
        piece = '';
      }
      await terminal.answer.out(piece);
    });
}
