import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { KafkaFailure } from './failure.ts';

const run = promisify(execFile);

/** Holds the process id of the broker that was started on a folder last. */
export function ownerFile(dir: string): string {
  return join(dir, 'broker.pid');
}

/**
 * Throws KafkaFailure when a broker runs on a folder. Kafka's own lock comes too late: a second one has written to the
 * first one's metadata by the time it finds the lock. A process id alone may be another process by now, so its command line
 * must name the folder's settings. The broker may outlive the process that started it.
 */
export async function requireUnowned(dir: string, properties: string): Promise<void> {
  const text = await readFile(ownerFile(dir), 'utf8').catch(() => '');
  const pid = Number(text);
  if (!Number.isSafeInteger(pid) || pid <= 0) return;
  if (!(await commandOf(pid)).includes(properties)) return;
  throw new KafkaFailure(`a broker runs on ${dir} already, as process ${pid}: stop it or choose another folder`);
}

/** The command line of a process; empty if there is none. */
async function commandOf(pid: number): Promise<string> {
  if (process.platform === 'linux') return await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  const { stdout } = await run('ps', ['-ww', '-o', 'command=', '-p', String(pid)]).catch(() => ({ stdout: '' }));
  return stdout;
}
