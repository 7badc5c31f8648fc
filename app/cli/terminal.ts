import { CommandFailed, Interrupted } from '#app/cli/failure';
import { type Answer, Unread } from '#app/folder/answer';
import { systemCode } from '#app/folder/errors';
import { oneLine } from '#app/folder/one-line';

/** npm and the terminal may both deliver the same Ctrl-C: signals so close together are one, ms. */
const SAME_SIGNAL = 500;

/** What a command has of the process that it runs in. */
export interface Terminal {
  /** Its signal is aborted when the command is interrupted, or when nobody reads standard output any more. */
  readonly answer: Answer;
  /** Aborted by the first SIGINT, SIGTERM or SIGHUP; the second ends the process at once. */
  readonly interrupted: AbortSignal;
  /** Whether a person watches standard error. */
  readonly watched: boolean;
  /** Standard output for the last word of a command, also of an interrupted one. Never rejects. */
  report(text: string): Promise<void>;
  /** Resolves when all that was written has left the process. */
  flush(): Promise<void>;
}

export function openTerminal(): Terminal {
  const interrupted = watchSignals();
  const broken = new AbortController();
  process.stdout.on('error', (thrown) => {
    const unread = systemCode(thrown) === 'EPIPE';
    broken.abort(unread ? new Unread() : new CommandFailed(`the answer cannot be written: ${oneLine(thrown)}`, thrown));
  });
  process.stderr.on('error', () => {});
  const signal = AbortSignal.any([interrupted, broken.signal]);
  return {
    answer: {
      signal,
      out: (chunk) => write(process.stdout, chunk, signal),
      err: (text) => write(process.stderr, text, undefined),
    },
    interrupted,
    report: (text) => write(process.stdout, text, undefined),
    watched: process.stderr.isTTY === true,
    flush: async () => {
      await flushed(process.stdout);
      await flushed(process.stderr);
    },
  };
}

function watchSignals(): AbortSignal {
  const interruption = new AbortController();
  let first = 0;
  const onSignal = () => {
    if (!interruption.signal.aborted) {
      first = performance.now();
      interruption.abort(new Interrupted());
    } else if (performance.now() - first > SAME_SIGNAL) {
      process.exit(1);
    }
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, onSignal);
  return interruption.signal;
}

/** Resolves when the stream wants more. A stream that broke takes everything and keeps nothing. */
async function write(stream: NodeJS.WriteStream, chunk: string | Uint8Array, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  if (stream.destroyed || stream.write(chunk)) return;
  await new Promise<void>((resolve, reject) => {
    const settle = () => {
      stream.off('drain', settle);
      stream.off('close', settle);
      signal?.removeEventListener('abort', settle);
      if (signal?.aborted) reject(signal.reason);
      else resolve();
    };
    stream.once('drain', settle);
    stream.once('close', settle);
    signal?.addEventListener('abort', settle, { once: true });
  });
}

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  if (stream.destroyed || stream.writableLength === 0) return Promise.resolve();
  return new Promise((resolve) => {
    stream.once('close', resolve);
    stream.write('', () => resolve());
  });
}
