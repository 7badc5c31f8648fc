import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Names the present run of the machine; differs after every restart of it. Where the system does not tell (other than
 * on Linux), every run of the process counts as one of the machine.
 */
function machineRun(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return `${process.pid} ${process.hrtime.bigint()}`;
  }
}

/** Notes, in the folder of an environment that is not synced, that the machine must not stop while it is open. */
export interface OpenMark {
  /** False if the machine stopped while the environment was open: its pages may be any mixture of old and new. */
  readonly intact: boolean;
  /** To be called before anything is written to the environment. */
  set(): void;
  /** To be called when the environment is synced and closed. */
  clear(): void;
}

export function openMark(dir: string): OpenMark {
  const file = join(dir, 'open');
  const run = machineRun();
  const before = noted(file);
  return {
    intact: before === undefined || before === run,
    set: () => writeFileSync(file, run, { flush: true }),
    clear: () => rmSync(file, { force: true }),
  };
}

function noted(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
