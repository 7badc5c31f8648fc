import { statfsSync } from 'node:fs';
import { FlowError, outage } from '#lib/flow/errors';

/** Numbers as of errno on Linux and macOS, LMDB's own, and Node's names. */
const FULL: readonly unknown[] = [28, 27, 69, 122, -30792, 'ENOSPC', 'EDQUOT', 'EFBIG'];
const READ_ONLY: readonly unknown[] = [1, 13, 30, 'EPERM', 'EACCES', 'EROFS'];
const IO_ERROR = 5;
const PANIC = -30795;

/** Free space below which an input/output error of a write is taken for a full disk: LMDB says so of a short write. */
const NEARLY_FULL_BYTES = 1024 * 1024;

/** A write touches more pages than its bytes fill. */
const PAGES_PER_BYTE = 4;

/**
 * What a failed write or open of an environment means. `full`: it goes on once there is room; `outage`: it goes on once
 * the cause is gone. Either way nothing of the failed transaction was written.
 */
export async function diskFailure(what: string, dir: string, thrown: unknown): Promise<FlowError> {
  return failureOf(what, dir, await causeOf(thrown));
}

/** The same for an error that is not of a transaction. */
export function failureOf(what: string, dir: string, cause: unknown): FlowError {
  if (cause instanceof FlowError) return cause;
  const code = codeOf(cause);
  if (FULL.includes(code) || (code === IO_ERROR && freeBytes(dir) < NEARLY_FULL_BYTES)) {
    return new FlowError('full', `${what}: the disk of ${dir} is full; it goes on once there is room`, {
      retriable: true,
      cause,
    });
  }
  if (READ_ONLY.includes(code)) return outage(`${what}: ${dir} cannot be written; make it writable`, cause);
  if (code === PANIC) return outage(`${what}: an earlier write to ${dir} failed half-way; restart Leadstream`, cause);
  return outage(`${what} in ${dir}`, cause);
}

/** A failed transaction of lmdb rejects with an error that promises its cause; unless awaited, that is unhandled. */
async function causeOf(thrown: unknown): Promise<unknown> {
  if (!(thrown instanceof Error) || !('commitError' in thrown)) return thrown;
  try {
    await thrown.commitError;
    return thrown;
  } catch (cause) {
    return cause;
  }
}

/**
 * Throws `full` if a write of so many bytes might find no room: it must not be tried. When the disk refuses a page, lmdb 3.5
 * (mdb.c, mdb_page_flush) writes a message into a buffer of 100 bytes that may be longer: the process then crashes or hangs.
 */
export function assertRoom(what: string, dir: string, bytes: number): void {
  if (freeBytes(dir) >= NEARLY_FULL_BYTES + PAGES_PER_BYTE * bytes) return;
  throw failureOf(what, dir, Object.assign(new Error('no room'), { code: 'ENOSPC' }));
}

function codeOf(cause: unknown): unknown {
  return cause instanceof Error && 'code' in cause ? cause.code : undefined;
}

function freeBytes(dir: string): number {
  try {
    const { bavail, bsize } = statfsSync(dir);
    return bavail * bsize;
  } catch {
    return Number.POSITIVE_INFINITY; // the folder is gone: no matter of room
  }
}
