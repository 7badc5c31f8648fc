import { readFileSync } from 'node:fs';

/** Anonymous resident memory of a process, bytes: what is its own, without mapped files. Linux only. */
export function anonymousBytes(pid: number): number {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const kilobytes = /^Anonymous:\s+(\d+) kB$/m.exec(text)?.[1];
  if (kilobytes === undefined) throw new Error('this system does not tell the anonymous memory of a process');
  return Number(kilobytes) * 1024;
}

/** Watches a process, also one that is not there yet, and keeps the most it had. */
export function watchMemory(
  process: number | (() => number | undefined),
  everyMs = 250,
): { readonly most: () => number; stop(): void } {
  let most = 0;
  const look = () => {
    const pid = typeof process === 'number' ? process : process();
    if (pid === undefined) return;
    try {
      most = Math.max(most, anonymousBytes(pid));
    } catch {
      // the process has ended between two looks
    }
  };
  const timer = setInterval(look, everyMs);
  look();
  return { most: () => most, stop: () => clearInterval(timer) };
}
