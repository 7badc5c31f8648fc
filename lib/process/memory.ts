import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Memory of a process that is in RAM, bytes; undefined if it has ended. */
export async function residentBytes(pid: number): Promise<number | undefined> {
  const kilobytes = process.platform === 'linux' ? await byProc(pid) : await byPs(pid);
  return kilobytes === undefined ? undefined : kilobytes * 1024;
}

async function byProc(pid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const found = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  return found === undefined ? undefined : Number(found);
}

async function byPs(pid: number): Promise<number | undefined> {
  const found = await run('ps', ['-o', 'rss=', '-p', String(pid)]).catch(() => ({ stdout: '' }));
  const text = found.stdout.trim();
  return /^\d+$/.test(text) ? Number(text) : undefined;
}
