import { runCommand } from '#app/cli/run';
import type { Ended } from '#test/process/command';

/**
 * Runs a command line in this process on a folder that another process owns: the owner answers over its socket, as it does
 * for a command in a process of its own. For many questions.
 */
export async function ask(...args: readonly string[]): Promise<Ended> {
  const text = { out: '', err: '' };
  const never = new AbortController().signal;
  const out = async (chunk: string | Uint8Array) => {
    text.out += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
  };
  const err = async (chunk: string) => {
    text.err += chunk;
  };
  const end = await runCommand(
    args,
    { answer: { signal: never, out, err }, interrupted: never, watched: false, report: out, flush: async () => {} },
    {
      open: () => Promise.reject(new Error('nobody owns the folder')),
      check: () => Promise.reject(new Error('not a question for an owner')),
    },
  );
  return { end, ...text };
}
