import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { addApply } from '#app/cli/commands/apply';
import { addCheck } from '#app/cli/commands/check';
import { addCompact } from '#app/cli/commands/compact';
import { addDeadLetters } from '#app/cli/commands/dead-letters';
import { addExplain } from '#app/cli/commands/explain';
import { addFunnel } from '#app/cli/commands/funnel';
import { addGenerate } from '#app/cli/commands/generate';
import { addImport } from '#app/cli/commands/import';
import { addRecover } from '#app/cli/commands/recover';
import { addRun } from '#app/cli/commands/run';
import { addSql } from '#app/cli/commands/sql';
import { addStart } from '#app/cli/commands/start';
import { addTopics } from '#app/cli/commands/topics';
import { addVerify } from '#app/cli/commands/verify';
import type { CommandContext } from '#app/cli/context';

/** The command line as data. Parsing throws commander's errors; it neither prints them nor ends the process. */
export function createProgram(context: CommandContext): Command {
  const program = new Command('leadstream')
    .description(
      'Scores leads from their behaviour, moves them through stages, sets off triggers and handoffs, and counts it all.',
    )
    .version(ownVersion(), '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ outputError: () => {} })
    .configureHelp({ showGlobalOptions: false })
    .addHelpText(
      'after',
      `
"leadstream <command> --help" explains a command, with examples.
Exit codes: 0 done, 1 failed, 2 wrong usage. Errors are one line on standard error.

Try it: leadstream start --demo`,
    );
  addStart(program, context);
  addRun(program, context);
  addImport(program, context);
  addGenerate(program, context);
  addSql(program, context);
  addExplain(program, context);
  addFunnel(program, context);
  addVerify(program, context);
  addCheck(program, context);
  addApply(program, context);
  addDeadLetters(program, context);
  addCompact(program, context);
  addTopics(program, context);
  addRecover(program, context);
  return program;
}

function ownVersion(): string {
  const described: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  const named = typeof described === 'object' && described !== null && 'version' in described;
  return named ? String(described.version) : 'unknown';
}
