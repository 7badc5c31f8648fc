import { oneLine } from '#app/folder/one-line';

/**
 * Why a data folder cannot be used. `owned`: another process has it, ask it or wait; `gone`: the owner ended before it
 * took up the request, so nothing was done, try again; `died`: it ended in the middle of its answer; `silent`: it does
 * not answer; `unusable`: the folder itself is the problem; `empty`: there is no data in it; `elsewhere`: it is of an installation
 * whose log is somewhere else than the caller's.
 */
export class FolderError extends Error {
  constructor(
    readonly code: 'owned' | 'gone' | 'died' | 'silent' | 'unusable' | 'empty' | 'elsewhere',
    message: string,
    cause?: unknown,
  ) {
    super(message, { cause });
    this.name = 'FolderError';
  }
}

/** The error code of the operating system, e.g. ENOSPC; undefined if it is no such error. */
export function systemCode(thrown: unknown): string | undefined {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined;
}

const REMEDIES: { readonly [code: string]: string } = {
  EACCES: 'this user may not write there; change its owner or use another --data folder',
  EPERM: 'this user may not write there; change its owner or use another --data folder',
  EROFS: 'it is read-only; make it writable or use another --data folder',
  ENOSPC: 'the disk is full; make room',
  EDQUOT: 'the disk quota is used up; make room',
  ENOENT: 'it is gone, or cannot be made there; use another --data folder',
  ENOTDIR: 'it is not a folder; name a folder with --data',
  EEXIST: 'it is not a folder; name a folder with --data',
  ENOTSUP: 'its file system has no local sockets or links; put it on a local disk',
  EOPNOTSUPP: 'its file system has no local sockets or links; put it on a local disk',
};

/** A failure to read or write in the folder, as one plain line. */
export function unusable(dir: string, thrown: unknown): FolderError {
  const code = systemCode(thrown) ?? '';
  const why = REMEDIES[code] ?? oneLine(thrown);
  return new FolderError('unusable', `the data folder ${dir} cannot be used: ${why}`, thrown);
}
