import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { open, type RootDatabase } from 'lmdb';
import { assertRoom, failureOf } from '#lib/store/failure';

export interface EnvironmentOptions {
  readonly dir: string;
  /** For errors: the log, the store of score-0. */
  readonly what: string;
  /** Address space to begin with, bytes; LMDB doubles it when the data outgrows it. No disk space. */
  readonly mapSize: number;
  /** True: a resolved transaction is on the disk. False: it survives the process, but not a crash of the machine. */
  readonly durable: boolean;
}

export const DATA = 'data.mdb';
export const LOCK = 'lock.mdb';
/** In the folder of an environment: a new one, on its way to take its place. */
export const UNFINISHED = 'compact.tmp';

const LOCK_BYTES = 12 * 1024;
const ROOM_BYTES = 64 * 1024;
const MIN_DATA_BYTES = 2 * 4096;

/** The first two pages begin with a header of 24 bytes, LMDB's mm_magic, and 24 bytes after that the page size. */
const MAGIC = 0xbeefc0de;
const MAGIC_AT = 24;
const PAGE_SIZE_AT = 48;

/**
 * Opens an LMDB environment. LMDB crashes the process when it opens a file that is none of its own, or when it cannot
 * write its first pages or its lock file; so all that is checked before. Throws FlowError `full` or `outage`, and an
 * Error if the data file is damaged.
 */
export function openEnvironment(options: EnvironmentOptions): RootDatabase<unknown, string> {
  const { dir, what, mapSize, durable } = options;
  try {
    mkdirSync(dir, { recursive: true });
    rmSync(join(dir, UNFINISHED), { recursive: true, force: true });
    assertRoom(`cannot open ${what}`, dir, 0);
    if (!hasData(dir, what)) provideRoom(dir);
    provideLockFile(join(dir, LOCK));
    const environment = open<unknown, string>({
      path: dir,
      noSubdir: false,
      mapSize,
      noSync: !durable,
      // With it a failed write leaves a promise behind that never settles, and close() waits for it.
      overlappingSync: false,
      // With it a failed write also rejects a promise that nobody has.
      eventTurnBatching: false,
    });
    if (durable) for (const folder of [dir, dirname(dir)]) syncFolder(folder);
    return environment;
  } catch (thrown) {
    if (thrown instanceof DamagedError) throw thrown;
    throw failureOf(`cannot open ${what}`, dir, thrown);
  }
}

/** What the environment's file takes on the disk, bytes; 0 if there is none. */
export function dataBytes(dir: string): number {
  return statSync(join(dir, DATA), { throwIfNoEntry: false })?.size ?? 0;
}

/** The data file holds something, but not what LMDB writes. */
export class DamagedError extends Error {}

/** False if there is no data file, or one whose creation never ended: nothing was ever acknowledged in it. */
export function hasData(dir: string, what: string): boolean {
  const file = join(dir, DATA);
  if (!existsSync(file)) return false;
  const { size } = statSync(file);
  if (size < MIN_DATA_BYTES) {
    rmSync(file);
    return false;
  }
  const handle = openSync(file, 'r');
  try {
    const word = (at: number): number => {
      const bytes = Buffer.alloc(4);
      readSync(handle, bytes, 0, bytes.length, at);
      return bytes.readUInt32LE();
    };
    if (word(MAGIC_AT) === MAGIC && word(word(PAGE_SIZE_AT) + MAGIC_AT) === MAGIC) return true;
    throw new DamagedError(`${what}: ${file} is damaged; restore the folder from a backup`);
  } finally {
    closeSync(handle);
  }
}

/** Throws if the disk has no room for the first pages. */
function provideRoom(dir: string): void {
  const file = join(dir, 'room.tmp');
  try {
    writeThrough(file, Buffer.alloc(ROOM_BYTES, 1));
  } finally {
    rmSync(file, { force: true });
  }
}

/** The lock file is mapped memory: every byte of it must have its place on the disk before LMDB writes there. */
function provideLockFile(file: string): void {
  if (!existsSync(file)) {
    writeThrough(file, Buffer.alloc(LOCK_BYTES));
    return;
  }
  const { size, blocks } = statSync(file);
  if (blocks * 512 < size) writeFileSync(file, readFileSync(file), { flag: 'r+' });
}

function writeThrough(file: string, bytes: Buffer): void {
  const handle = openSync(file, 'w');
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(handle, bytes, at);
    fsyncSync(handle);
  } catch (thrown) {
    rmSync(file, { force: true });
    throw thrown;
  } finally {
    closeSync(handle);
  }
}

/** A file is only safe on the disk when the entry in its folder is. */
function syncFolder(dir: string): void {
  const handle = openSync(dir, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
