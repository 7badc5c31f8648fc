import { mkdir, readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FolderError, systemCode, unusable } from '#app/folder/errors';

/** A data folder and the folder in it that says who owns it. Paths are absolute and without links. */
export interface Place {
  /** As the user wrote it, for messages. */
  readonly named: string;
  readonly dir: string;
  /** Claims and sockets. Only this user may enter: whoever reaches the socket may read every lead. */
  readonly owners: string;
  /** Inode of `dir`. */
  readonly inode: number;
}

/** The place of an existing data folder. Rejects with `empty` if there is no folder, or nothing in it. */
export async function findPlace(named: string): Promise<Place> {
  try {
    if ((await readdir(named)).length > 0) return await placeOf(named);
  } catch (thrown) {
    if (systemCode(thrown) !== 'ENOENT') throw unusable(named, thrown);
  }
  throw new FolderError(
    'empty',
    `there is no data in ${named}; run "leadstream start" or "leadstream import" first, or name another folder with --data`,
  );
}

/** The same, and makes the folder if it is missing. */
export async function makePlace(named: string): Promise<Place> {
  try {
    await mkdir(named, { recursive: true });
    return await placeOf(named);
  } catch (thrown) {
    throw unusable(named, thrown);
  }
}

async function placeOf(named: string): Promise<Place> {
  const dir = await realpath(named);
  return { named, dir, owners: join(dir, 'owner'), inode: (await stat(dir)).ino };
}
