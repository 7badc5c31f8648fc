import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Seat } from '#test/chaos/kafka/fleet/layout';
import { type ServiceProcess, startProcess } from '#test/chaos/kafka/fleet/process';
import type { Tally } from '#test/chaos/kafka/tally';

/** One place of the fleet: its process comes and goes, its folder stays. */
export interface Instance {
  readonly seat: Seat;
  /** Where collect or the dashboard answer. */
  readonly url: string;
  /** The data folder, as commands name it. */
  readonly data: string;
  readonly stores: string;
  /** A process is there and not frozen. */
  isUp(): boolean;
  start(): void;
  /** Resolves when the process has said that it runs, or to what is wrong when it has not for longer than a start takes. */
  ready(): Promise<string | undefined>;
  /** kill -9. */
  kill(): Promise<void>;
  freeze(): void;
  thaw(): void;
  /** SIGTERM. Resolves to the exit code when the process has handed its tasks over and is gone. */
  leave(): Promise<number | NodeJS.Signals | null>;
  /** Only while no process is there. False: there were none. */
  deleteStores(): Promise<boolean>;
}

export interface InstanceOptions {
  readonly seat: Seat;
  readonly dir: string;
  readonly port: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly preload?: string | undefined;
  readonly tally: Tally;
  readonly say: (line: string) => void;
}

/** Between the end of a process that nobody ended, and its next start, ms; each time longer, as orchestrators do. */
const START_AGAIN = 1_000;
const START_AGAIN_LATEST = 15_000;
/** A start that takes longer, stores built anew included, never comes, ms. */
const START_TIMEOUT = 180_000;
/** A process that hands over for longer than this hangs, ms. */
const LEAVE_TIMEOUT = 60_000;

const TOLD: readonly (readonly [text: string, count: 'fences' | 'opened' | 'restored' | 'pauses'])[] = [
  ['"fenced: ', 'fences'],
  ['"opened"', 'opened'],
  ['"restoring the store from the log"', 'restored'],
  ['"paused: ', 'pauses'],
];

export function createInstance(options: InstanceOptions): Instance {
  const { seat, dir, port, environment, preload, tally, say } = options;
  const data = join(dir, seat.name);
  const folder = seat.parts.includes('dashboard') ? data : join(data, `${seat.parts.join('-')}-1`);
  const stores = join(folder, 'stores');
  let current: ServiceProcess | undefined;
  let frozen = false;
  let wanted = false;
  let runs = false;
  let last = '';
  let pause = START_AGAIN;

  function onLine(line: string): void {
    for (const [text, count] of TOLD) if (line.includes(text)) tally[count]++;
    if (line.startsWith('Leadstream runs ')) {
      runs = true;
      pause = START_AGAIN;
    }
    if (/^leadstream: |"level":[56]0/.test(line)) last = line;
  }

  function start(): void {
    if (current?.isRunning()) return;
    wanted = true;
    runs = false;
    frozen = false;
    last = '';
    const started = startProcess({
      args: ['run', ...seat.parts, '--data', data, '--port', String(port)],
      environment,
      preload,
      logFile: `${data}.log`,
      onLine,
    });
    current = started;
    void started.ended.then(async (end) => {
      if (current !== started || !wanted) return;
      tally.deaths++;
      say(`${seat.name} ended by itself (${end})${last === '' ? '' : `: ${last.slice(0, 400)}`}`);
      await sleep(pause);
      pause = Math.min(2 * pause, START_AGAIN_LATEST);
      if (wanted && current === started) start();
    });
  }

  async function end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals | null> {
    wanted = false;
    runs = false;
    const ending = current;
    if (ending === undefined) return 0;
    ending.signal(signal);
    if (frozen) ending.signal('SIGCONT');
    frozen = false;
    return ending.ended;
  }

  return {
    seat,
    url: `http://127.0.0.1:${port}`,
    data,
    stores,
    isUp: () => current?.isRunning() === true && !frozen,
    start,
    async ready() {
      const began = performance.now();
      while (!runs) {
        if (performance.now() - began > START_TIMEOUT)
          return `${seat.name} does not start: ${last || 'it says nothing'}`;
        await sleep(50);
      }
      return undefined;
    },
    async kill() {
      await end('SIGKILL');
    },
    freeze() {
      if (current?.isRunning() !== true || frozen) return;
      frozen = true;
      current.signal('SIGSTOP');
    },
    thaw() {
      if (!frozen) return;
      frozen = false;
      current?.signal('SIGCONT');
    },
    async leave() {
      const timer = setTimeout(() => {
        say(`${seat.name} does not end within ${LEAVE_TIMEOUT / 1000} s`);
        current?.signal('SIGKILL');
      }, LEAVE_TIMEOUT);
      const code = await end('SIGTERM');
      clearTimeout(timer);
      return code;
    },
    async deleteStores() {
      if (!existsSync(stores)) return false;
      await rm(stores, { recursive: true, force: true });
      await mkdir(folder, { recursive: true });
      return true;
    },
  };
}
