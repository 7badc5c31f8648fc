import { type Command, Option } from 'commander';
import type { CommandContext } from '#app/cli/context';
import { dataOption, jsonOption } from '#app/cli/options';
import { parseTime } from '#app/cli/time';

interface ExplainOptions {
  readonly data: string;
  readonly at: number | 'now';
  readonly asPublished?: boolean;
  readonly json?: boolean;
}

export function addExplain(program: Command, { terminal, open, finish }: CommandContext): void {
  program
    .command('explain')
    .summary("explain a lead's score to the last point")
    .description(
      'Shows what a score is made of, largest first: every activity that counts, the rule, the points it gave, and what decay and caps have left of them. The points add up to the score. With it: the grade and its reasons, the stage, what the score will do if nothing more happens, and what is missing for the next stage.',
    )
    .argument('<lead>', 'lead id, email or userId')
    .addOption(dataOption())
    .addOption(
      new Option('--at <time>', 'the time to explain: ISO 8601 (UTC unless it says otherwise) or now')
        .default('now')
        .argParser(parseTime),
    )
    .option('--as-published', 'what had been published by then, not what is known now')
    .addOption(
      jsonOption(
        '{lead_id, at, score, contributions: [{event_id, rule, model_version, occurred_at, raw, points, decayed, capped}], grade, fit, disqualified, stage, outlook, next_stages}',
      ),
    )
    .addHelpText(
      'after',
      `
Examples:
  leadstream explain ann@example.com
  leadstream explain ann@example.com --at 2026-03-01
  leadstream explain user-17 --at 2026-03-01T09:30:00+01:00 --as-published --json`,
    )
    .action(async (lead: string, { data, at, asPublished = false, json = false }: ExplainOptions) => {
      const { withFolder } = await import('#app/cli/with-folder');
      finish(await withFolder(data, { command: 'explain', lead, at, asPublished, json }, terminal.answer, open));
    });
}
