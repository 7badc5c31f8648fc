import { readFileSync } from 'node:fs';

/** Linux counts in ticks of 10 ms: USER_HZ is 100 on every architecture that Node runs on. */
const TICK = 10_000;

/** Processor time that processes with all their threads have used so far, µs. Linux only; 0 for one that has ended. */
export function cpuTime(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + ticksOf(pid) * TICK, 0);
}

/** utime and stime, the 14th and 15th field of proc_pid_stat(5); the 2nd, the command, may hold spaces. */
function ticksOf(pid: number): number {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return 0;
  }
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}
