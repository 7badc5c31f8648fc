import { type Answer, type ExitCode, Unread } from '#app/folder/answer';
import { oneLine } from '#app/folder/one-line';

/** The user broke the command off. */
export class Interrupted extends Error {
  constructor() {
    super('interrupted');
    this.name = 'Interrupted';
  }
}

/** A command cannot do what it was asked; the message is one plain line: what is wrong and what to do. */
export class CommandFailed extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'CommandFailed';
  }
}

/** Says what went wrong and gives the exit code. That nobody reads an answer to its end is no failure. */
export async function fail(thrown: unknown, answer: Answer): Promise<ExitCode> {
  if (thrown instanceof Unread) return 0;
  await answer.err(`leadstream: ${oneLine(thrown)}\n`).catch(() => {});
  return 1;
}
