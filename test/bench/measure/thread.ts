import { readFileSync } from 'node:fs';

/** Processor time that the main thread of this process has used so far, µs, without garbage collection on other threads. Linux only. */
export function mainThreadTime(): number {
  const [ns = ''] = readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ');
  return Number(ns) / 1000;
}
