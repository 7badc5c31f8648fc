import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { javaCommand } from './java.ts';

export interface JavaProcess {
  readonly pid: number;
  /** Resolves with the exit code, or the name of the signal that ended it, once all it wrote has been read. */
  readonly exited: Promise<number | string>;
  /** The last lines that it wrote, on either stream, without the frames of stack traces. */
  lastLines(): readonly string[];
  signal(name: 'SIGTERM' | 'SIGKILL'): void;
}

/** Lines kept for the report of a failed start: enough for an exception with its causes. */
const KEPT_LINES = 10;

/** A stack frame tells a person nothing. */
const FRAME = /^\s+(at |\.\.\. \d+ more)/;

/**
 * Starts Java in a process group of its own: a Ctrl-C in the terminal reaches only us, who then stop it in order. It is told
 * to stop when this process exits, however that comes about, unless we are killed with SIGKILL.
 */
export function startJava(args: readonly string[], folder: string, onLine: (line: string) => void): JavaProcess {
  const child = spawn(javaCommand(), args, { cwd: folder, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const last: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (line) => {
      if (!FRAME.test(line)) last.push(line);
      if (last.length > KEPT_LINES) last.shift();
      onLine(line);
    });
  const stopWithUs = () => child.kill('SIGTERM');
  process.once('exit', stopWithUs);
  const exited = new Promise<number | string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'unknown'));
  });
  void exited.then(() => process.off('exit', stopWithUs));
  return {
    pid: child.pid ?? 0,
    exited,
    lastLines: () => last,
    signal: (name) => void child.kill(name),
  };
}
