import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { setPriority } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const PROGRAM = pathTo('bin/leadstream.mjs');
/** The same, each module by itself: what is loaded first may put others in the place of some. */
const MODULES = ['--import', pathTo('bin/typescript.mjs'), pathTo('app/cli/main.ts')];

/** Of all processes, the broker has nobody to stand in for it: on a small machine it comes first. */
const BEHIND_THE_BROKER = 5;

export interface ProcessOptions {
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** A module that Node loads first. */
  readonly preload?: string | undefined;
  /** Takes all that it prints. */
  readonly logFile: string;
  readonly onLine: (line: string) => void;
}

/** `leadstream …` in a process and a process group of its own, ended by nothing but signals. */
export interface ServiceProcess {
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
  isRunning(): boolean;
  signal(name: NodeJS.Signals): void;
}

export function startProcess({ args, environment, preload, logFile, onLine }: ProcessOptions): ServiceProcess {
  const program = preload === undefined ? [PROGRAM] : ['--import', preload, ...MODULES];
  const child = spawn(process.execPath, [...program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    env: { ...withoutSettings(process.env), ...environment },
  });
  if (child.pid !== undefined) setPriority(child.pid, BEHIND_THE_BROKER);
  const kept = createWriteStream(logFile, { flags: 'a' });
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      kept.write(`${new Date().toISOString()} ${line}\n`);
      onLine(line);
    });
  }
  const isRunning = () => child.exitCode === null && child.signalCode === null;
  const signal = (name: NodeJS.Signals) => {
    if (child.pid !== undefined && isRunning()) process.kill(-child.pid, name);
  };
  const started: ServiceProcess = {
    isRunning,
    signal,
    ended: once(child, 'close').then(() => {
      running.delete(started);
      kept.end();
      return child.exitCode ?? child.signalCode;
    }),
  };
  running.add(started);
  return started;
}

/** None of them outlives this process. */
const running = new Set<ServiceProcess>();
process.once('exit', () => {
  for (const one of running) one.signal('SIGKILL');
});

/** Settings of whoever runs the harness are not those of the installation under test. */
function withoutSettings(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('LEADSTREAM_')));
}

function pathTo(file: string): string {
  return fileURLToPath(new URL(`../../../../${file}`, import.meta.url));
}
