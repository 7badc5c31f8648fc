import { type Command, CommanderError } from 'commander';
import type { Parts } from '#app/cli/context';
import { fail } from '#app/cli/failure';
import { createProgram } from '#app/cli/program';
import { openTerminal, type Terminal } from '#app/cli/terminal';
import type { ExitCode } from '#app/folder/answer';

/** Runs the command that this process was started with, and ends the process with its exit code. */
export async function runProcess(parts: Parts): Promise<never> {
  const terminal = openTerminal();
  const code = await runCommand(process.argv.slice(2), terminal, parts);
  await terminal.flush();
  process.exit(code);
}

/** Runs one command; the exit code says how it went. */
export async function runCommand(args: readonly string[], terminal: Terminal, parts: Parts): Promise<ExitCode> {
  let code: ExitCode = 0;
  const finish = (finished: ExitCode) => {
    code = finished;
  };
  const program = createProgram({ ...parts, terminal, finish });
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) return fail(thrown, terminal.answer);
    if (thrown.exitCode === 0) return 0;
    // a command without its subcommand has printed its help
    if (thrown.code !== 'commander.help') {
      await terminal.answer.err(`leadstream: ${plain(thrown.message)}; see "${commandOf(program, args)} --help"\n`);
    }
    return 2;
  }
}

function plain(message: string): string {
  return message
    .replace(/^error: /, '')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/\.$/, '');
}

/** The longest part of the arguments that names a command: its help is the one to read. */
function commandOf(program: Command, args: readonly string[]): string {
  const names = [program.name()];
  let command = program;
  for (const arg of args) {
    const next = command.commands.find((candidate) => candidate.name() === arg);
    if (next === undefined) break;
    command = next;
    names.push(arg);
  }
  return names.join(' ');
}
