import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { watchMemory } from '#test/bench/measure/memory';
import type { Said } from '#test/bench/storms/said';

const CHILD = fileURLToPath(new URL('child.ts', import.meta.url));
const TYPESCRIPT = fileURLToPath(new URL('../../../bin/typescript.mjs', import.meta.url));

/** Everything in one process, as seen from outside. Times in ms since 1970, to the microsecond; memory in bytes. */
export interface Everything {
  readonly url: string;
  /** When events that were looked out for have passed score and stage, and when they were rows. */
  readonly decided: ReadonlyMap<string, number>;
  readonly rows: ReadonlyMap<string, number>;
  /** Resolves when all that was published is worked off. */
  idle(): Promise<{ readonly moved: number; readonly at: number }>;
  /** The most so far. */
  memory(): { readonly resident: number; readonly anonymous: number };
  end(): Promise<void>;
}

/** `flags`: of Node. */
export async function startEverything(dir: string, flags: readonly string[]): Promise<Everything> {
  const child = fork(CHILD, [dir], { execArgv: ['--import', TYPESCRIPT, ...flags] });
  const pid = child.pid ?? 0;
  const times = { decided: new Map<string, number>(), row: new Map<string, number>() };
  const ended = once(child, 'exit').then(() =>
    Promise.reject(new Error('the process with everything in it has ended')),
  );
  ended.catch(() => {}); // whoever awaits an answer sees it
  child.on('message', (said: Said) => {
    if (said.kind === 'decided' || said.kind === 'row') times[said.kind].set(said.id, said.at);
    if (said.kind === 'fault') process.stderr.write(`${said.text}\n`);
  });

  function answer<Kind extends Said['kind']>(kind: Kind): Promise<Extract<Said, { kind: Kind }>> {
    const heard = new Promise<Extract<Said, { kind: Kind }>>((resolve) => {
      child.on('message', function hear(said: Said) {
        if (said.kind !== kind) return;
        child.off('message', hear);
        resolve(said as Extract<Said, { kind: Kind }>);
      });
    });
    return Promise.race([heard, ended]);
  }

  const { url } = await answer('listening');
  const memory = watchMemory(pid);
  return {
    url,
    decided: times.decided,
    rows: times.row,
    idle() {
      child.send('idle');
      return answer('idle');
    },
    memory: () => ({ resident: mostResident(pid), anonymous: memory.most() }),
    async end() {
      memory.stop();
      child.send('end');
      await ended.catch(() => {});
    },
  };
}

/** Linux only. */
function mostResident(pid: number): number {
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) * 1024;
}
