import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../bin/leadstream.mjs', import.meta.url));

/** How a process ended, and all that it printed. */
export interface Ended {
  /** The exit code, or the signal that ended it. */
  readonly end: number | NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

/** `leadstream …` in a process of its own, with a process group of its own. */
export interface Command {
  readonly pid: number;
  readonly stdin: NodeJS.WritableStream;
  readonly ended: Promise<Ended>;
  isRunning(): boolean;
  /** What it has printed so far, on both streams. */
  said(): string;
  /** Resolves when it has printed a match on standard output or error; rejects if it ends without. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  /** Sends a signal to the whole group and waits for the end: SIGKILL ends it at once, wherever it is. */
  kill(signal: NodeJS.Signals): Promise<Ended>;
}

const running = new Set<Command>();

/** Starts `leadstream` as users have it. */
export function startLeadstream(...args: readonly string[]): Command {
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: 'pipe', detached: true });
  child.stdin.on('error', () => {});
  const text = { out: '', err: '' };
  const listeners = new Set<() => void>();
  const tell = () => {
    for (const listener of listeners) listener();
  };
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    text.out += piece;
    tell();
  });
  child.stderr.setEncoding('utf8').on('data', (piece: string) => {
    text.err += piece;
    tell();
  });
  const isRunning = () => child.exitCode === null && child.signalCode === null;
  const ended = once(child, 'close').then((): Ended => {
    running.delete(command);
    tell();
    return { end: child.exitCode ?? child.signalCode, ...text };
  });
  const command: Command = {
    pid: child.pid ?? 0,
    stdin: child.stdin,
    ended,
    isRunning,
    said: () => text.out + text.err,
    printed: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = pattern.exec(text.out) ?? pattern.exec(text.err);
          if (found === null && isRunning()) return;
          listeners.delete(look);
          if (found !== null) resolve(found);
          else reject(new Error(`it ended without printing ${pattern}: ${text.out}${text.err}`));
        };
        listeners.add(look);
        look();
      }),
    async kill(signal) {
      signalGroup(child, signal);
      return ended;
    },
  };
  running.add(command);
  return command;
}

/** Runs `leadstream` to its end. */
export function leadstream(...args: readonly string[]): Promise<Ended> {
  return startLeadstream(...args).ended;
}

/** Ends every process that a test has left running; for afterEach. */
export async function endAll(): Promise<void> {
  await Promise.all(Array.from(running, (command) => command.kill('SIGKILL')));
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (thrown) {
    const gone = thrown instanceof Error && 'code' in thrown && thrown.code === 'ESRCH';
    if (!gone) throw thrown;
  }
}
