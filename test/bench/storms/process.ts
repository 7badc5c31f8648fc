import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { startChild } from '#test/bench/measure/child';
import { watchMemory } from '#test/bench/measure/memory';
import type { Asked, Said } from '#test/bench/storms/said';

/** A process with everything in it, as seen from outside. Times in ms since 1970, to the microsecond; memory in bytes. */
export interface StormProcess {
  readonly url: string;
  /** When events that were looked out for have passed score and stage, and when they were rows. */
  readonly decided: ReadonlyMap<string, number>;
  readonly rows: ReadonlyMap<string, number>;
  /** Resolves when all that was published is worked off, and is rows. Whoever goes on publishing may wait for ever. */
  idle(): Promise<void>;
  /** Resolves to when so many activities had moved and were rows. */
  moved(activities: number): Promise<number>;
  /** The most so far. */
  memory(): { readonly resident: number; readonly anonymous: number };
  /** Resolves to the number of activities that have moved. */
  end(): Promise<number>;
  kill(): void;
}

/** `flags`: of Node. */
export async function startProcess(dir: string, flags: readonly string[]): Promise<StormProcess> {
  const child = startChild('child.ts', import.meta.url, dir, flags);
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

  function asked<Kind extends Said['kind']>(what: Asked, kind: Kind): Promise<Extract<Said, { kind: Kind }>> {
    child.send(what);
    return answer(kind);
  }

  const { url } = await answer('listening');
  const memory = watchMemory(pid);
  return {
    url,
    decided: times.decided,
    rows: times.row,
    async idle() {
      await asked({ kind: 'idle' }, 'idle');
    },
    async moved(activities) {
      return (await asked({ kind: 'moved', activities }, 'moved')).at;
    },
    memory: () => ({ resident: mostResident(pid), anonymous: memory.most() }),
    async end() {
      memory.stop();
      const { moved } = await asked({ kind: 'end' }, 'ended');
      await ended.catch(() => {});
      return moved;
    },
    kill() {
      memory.stop();
      child.kill('SIGKILL');
    },
  };
}

/** Linux only. */
function mostResident(pid: number): number {
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) * 1024;
}
