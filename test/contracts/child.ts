import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Lets a child process import TypeScript. */
const TYPESCRIPT = new URL('../../bin/typescript.mjs', import.meta.url).href;

/** Runs a module in a process of its own, from the project's folder; `arg` is its process.argv[1]. */
export function startChild(module: string, arg: string): ChildProcess {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  return spawn(process.execPath, ['--import', TYPESCRIPT, '--input-type=module', '-e', module, arg], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** The signal that ended the process, or its exit code. */
export function ended(child: ChildProcess): Promise<string | number | null> {
  return new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal ?? code)));
}

/** Resolves when the process has printed so many lines; rejects if it ends before. */
export function printed(child: ChildProcess, lines: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let seen = 0;
    child.stdout?.on('data', (data: Buffer) => {
      seen += data.toString().split('\n').length - 1;
      if (seen >= lines) resolve();
    });
    child.once('exit', (code, signal) => reject(new Error(`ended with ${signal ?? code} after ${seen} lines`)));
  });
}
