import { execFile } from 'node:child_process';
import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Which process this is, so that another one can tell later whether it still runs. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly started: string;
  readonly namespace: string;
}

export function thisProcess(): Promise<ProcessIdentity> {
  return identityOf(process.pid);
}

/** That of a process which this one has started. */
export async function identityOf(pid: number): Promise<ProcessIdentity> {
  return { pid, started: (await startOf(pid)) ?? '', namespace: namespaceOfProcesses() };
}

/**
 * Whether that process runs (a stopped one does, a killed one that its parent has not yet collected does not);
 * undefined if it cannot be known from here, because it is in another container.
 */
export async function stillRuns(identity: ProcessIdentity): Promise<boolean | undefined> {
  if (identity.namespace !== namespaceOfProcesses()) return undefined;
  return (await startOf(identity.pid)) === identity.started;
}

/** Boot and clock tick of the start on Linux, elsewhere what ps says; undefined if no such process runs. */
async function startOf(pid: number): Promise<string | undefined> {
  return existsSync('/proc/self/stat') ? startByProc(pid) : startByPs(pid);
}

function startByProc(pid: number): string | undefined {
  const stat = readOrUndefined(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // proc(5): fields after the command's closing bracket start with the state (3rd); starttime is the 22nd
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const state = fields[0];
  if (state === 'Z' || state === 'X' || state === 'x') return undefined;
  const boot = readOrUndefined('/proc/sys/kernel/random/boot_id') ?? '';
  return `${boot.trim()} ${fields[19]}`;
}

async function startByPs(pid: number): Promise<string | undefined> {
  try {
    const { stdout } = await run('ps', ['-o', 'stat=', '-o', 'lstart=', '-p', String(pid)], {
      env: { ...process.env, LC_ALL: 'C' },
    });
    const [state = '', ...started] = stdout.trim().split(/\s+/);
    return state === '' || state.startsWith('Z') ? undefined : started.join(' ');
  } catch {
    return undefined;
  }
}

function namespaceOfProcesses(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

function readOrUndefined(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown) return undefined;
    throw thrown;
  }
}
